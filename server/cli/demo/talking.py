"""What is said in the demo: news, questions with answers, and the winners of what is over."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Participation
from server.challenges.queries import challenge_by_slug
from server.discussions import announcing, asking
from server.shared.access import Viewer
from server.shared.database import Database
from server.winners.actions import publish
from server.winners.queries import revealed_phases

TALK: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("talk.toml").read_text(encoding="utf-8")
)
AFTER_A_WHILE = timedelta(hours=5)


class Talk:
    """The demo's organiser and its students talk, through the product's own acts."""

    def __init__(self, database: Database, viewers: Mapping[str, Viewer], organiser: int) -> None:
        self.database = database
        self.viewers = viewers
        self.organiser = organiser

    def begin(self, *, now: datetime) -> int:
        """Announce, ask and answer. Returns how much was said."""
        with self.database.writing() as session:
            for news in TALK["announcements"]:
                self._announce(session, news, now - timedelta(days=news["days"]))
            asked = [
                self._ask(session, q, now - timedelta(days=q["days"])) for q in TALK["questions"]
            ]
            session.commit()
        return len(TALK["announcements"]) + sum(asked)

    def crown(self, *, now: datetime) -> None:
        """Publish the winners of what is revealed, with their prizes."""
        with self.database.writing() as session:
            for slug, prizes in TALK["prizes"].items():
                self._crown(session, challenge_by_slug(session, slug), prizes, now)
            session.commit()

    def _announce(self, session: Session, news: Mapping[str, Any], at: datetime) -> None:
        announcing.publish(
            session,
            challenge=challenge_by_slug(session, news["challenge"]),
            author_id=self.organiser,
            title=news["title"],
            markdown=news["text"],
            by_mail=False,
            ticket=announcing.new_ticket(),
            now=at,
        )

    def _ask(self, session: Session, planned: Mapping[str, Any], at: datetime) -> bool:
        """Ask, and answer; in a challenge without participants nobody asks anything."""
        challenge = challenge_by_slug(session, planned["challenge"])
        viewer = self._participant(session, challenge, planned["asker"])
        if viewer is None:
            return False
        question = asking.ask(
            session,
            challenge=challenge,
            viewer=viewer,
            title=planned["title"],
            text=planned["text"],
            named=planned.get("named", False),
            now=at,
        )
        if "answer" not in planned:
            return True
        by, later = self.organiser, at + AFTER_A_WHILE
        words = planned["answer"]
        asking.answer(session, challenge, question, text=words, actor_id=by, now=later)
        if planned["published"]:
            asking.publish_answer(
                session,
                challenge,
                question,
                asked=planned["text"],
                answered=words,
                actor_id=by,
                now=later,
            )
        return True

    def _participant(self, session: Session, challenge: Challenge, which: int) -> Viewer | None:
        query = (
            select(Participation.account_id)
            .where(Participation.challenge_id == challenge.id)
            .order_by(col(Participation.account_id))
        )
        ids = list(session.exec(query))
        by_id = {viewer.id: viewer for viewer in self.viewers.values()}
        return by_id[ids[which % len(ids)]] if ids else None

    def _crown(
        self, session: Session, challenge: Challenge, prizes: list[str], now: datetime
    ) -> None:
        for phase in revealed_phases(session, challenge.id or 0)[:1]:
            publish(
                session,
                challenge=challenge,
                phase=phase,
                places=len(prizes),
                prizes=dict(enumerate(prizes, start=1)),
                actor_id=self.organiser,
                now=now,
            )
