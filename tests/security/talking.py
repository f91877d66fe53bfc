"""News, questions and notifications of the world, each with a script in its words."""

from sqlmodel import Session

from server.challenges.models import Registration
from server.discussions.models import Announcement, Question, QuestionPost
from server.discussions.rules import QuestionState
from server.notifications.models import Notification
from tests.cast import NOON
from tests.security.marks import SCRIPT
from tests.security.world import World

# Who organises each challenge, and who asks there.
PEOPLE = {"digits": ("olga", "wei"), "tides": ("chidi", "jonas")}


def add_talk(session: Session, world: World) -> None:
    """Give each challenge news, a private and a published question; and everybody a notification."""
    for slug, (organiser, asker) in PEOPLE.items():
        _announce(session, world, slug, organiser)
        _ask(session, world, slug, asker, QuestionState.PUBLISHED)
        _ask(session, world, slug, asker, QuestionState.OPEN)
    for key, account in world.cast.people.items():
        row = Notification(
            account_id=account.id or 0,
            kind="announcement",
            data={"challenge": f"Digits {SCRIPT}", "title": SCRIPT},
            link="/challenges/digits",
            created_at=NOON,
        )
        session.add(row)
        session.flush()
        world.ids[f"notification of {key}"] = row.id or 0
    amina = world.cast.people["amina"].id or 0
    session.add(
        Registration(
            challenge_id=world.cast.challenges["digits"].id or 0,
            account_id=amina,
            message=SCRIPT,
            answers={SCRIPT: SCRIPT},
            asked_at=NOON,
        )
    )


def _announce(session: Session, world: World, slug: str, organiser: str) -> None:
    row = Announcement(
        challenge_id=world.cast.challenges[slug].id or 0,
        author_id=world.cast.people[organiser].id or 0,
        title=f"News {SCRIPT}",
        markdown=f"Of *{slug}* {SCRIPT}",
        ticket=f"ticket-of-{slug}",
        published_at=NOON,
        told_at=NOON,
    )
    session.add(row)
    session.flush()
    world.ids[f"announcement of {slug}"] = row.id or 0


def _ask(session: Session, world: World, slug: str, asker: str, state: QuestionState) -> None:
    published = state is QuestionState.PUBLISHED
    account_id = world.cast.people[asker].id or 0
    row = Question(
        challenge_id=world.cast.challenges[slug].id or 0,
        account_id=account_id,
        title=f"Why? {SCRIPT}",
        state=state,
        named=True,
        asked_at=NOON,
        changed_at=NOON,
        published_at=NOON if published else None,
        published_question=SCRIPT if published else "",
        published_answer=SCRIPT if published else "",
    )
    session.add(row)
    session.flush()
    session.add(
        QuestionPost(
            question_id=row.id or 0, account_id=account_id, markdown=SCRIPT, posted_at=NOON
        )
    )
    world.ids[f"question of {slug}"] = row.id or 0
