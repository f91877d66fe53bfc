"""Brings certificates in line with results: gives what is missing, replaces what is no longer so.

Every step is conditional, so that two who do the same at once make one certificate.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from server.certificates.awarding import Award
from server.certificates.models import Certificate
from server.certificates.rules import Reason, State, reason_for, same_result, typed_code
from server.certificates.signing import Pen
from server.notifications.actions import notify
from server.shared.database import Database, changed_rows
from server.shared.events import record
from server.teams.models import Team

AT_ONCE = 200
# Where everybody finds the own certificates.
OWN_PAGE = "/certificates"


class What(StrEnum):
    """What is to be done with somebody's certificate."""

    GIVE = "give"
    KEEP = "keep"
    REPLACE = "replace"
    REVOKE = "revoke"
    LEAVE_OUT = "leave out"


TOLD = {
    What.GIVE: "certificate",
    What.REPLACE: "certificate_replaced",
    What.REVOKE: "certificate_revoked",
}


class Step(NamedTuple):
    """One person's step. `reason`: why the present certificate ends, where it does."""

    what: What
    award: Award | None
    present: Certificate | None
    reason: Reason | None = None

    @property
    def account_id(self) -> int:
        """Whose step it is."""
        found = self.award or self.present
        assert found is not None
        return found.account_id

    @property
    def body(self) -> Mapping[str, Any]:
        """What is said of the person after it, or was before a certificate is revoked."""
        if self.award is not None:
            return self.award.facts.model_dump(mode="json")
        assert self.present is not None
        return self.present.body


def steps_to(session: Session, about: str, awards: Iterable[Award]) -> list[Step]:
    """Return what it takes to bring the certificates of something in line with the awards."""
    present = {c.account_id: c for c in certificates_about(session, about)}
    barred = _barred(session, about)
    steps = []
    for award in awards:
        steps.append(_step(award, present.pop(award.account_id, None), barred))
    return steps + [
        Step(What.REVOKE, None, certificate, _why_out(session, certificate))
        for certificate in present.values()
    ]


def changes_first(steps: Iterable[Step]) -> list[Step]:
    """Return steps for a reader: what changes something stands before what does not."""
    return sorted(steps, key=lambda step: step.what in (What.KEEP, What.LEAVE_OUT))


def _step(award: Award, present: Certificate | None, barred: set[int]) -> Step:
    if present is None:
        what = What.LEAVE_OUT if award.account_id in barred else What.GIVE
        return Step(what, award, None)
    facts = award.facts.model_dump(mode="json")
    if same_result(present.body, facts):
        return Step(What.KEEP, award, present)
    return Step(What.REPLACE, award, present, reason_for(present.body, facts))


def certificates_about(session: Session, about: str) -> Sequence[Certificate]:
    """Return the valid certificates of a challenge or a standard."""
    query = select(Certificate).where(Certificate.about == about, Certificate.state == State.VALID)
    return session.exec(query.order_by(col(Certificate.id))).all()


def _barred(session: Session, about: str) -> set[int]:
    """Return whose certificate somebody revoked by hand: no job gives it again."""
    query = select(Certificate.account_id).where(
        Certificate.about == about, col(Certificate.by_hand).is_(True)
    )
    return set(session.exec(query))


def _why_out(session: Session, certificate: Certificate) -> Reason:
    team = session.get(Team, certificate.team_id) if certificate.team_id else None
    out = team is not None and (team.disqualified_at is not None or team.closed_at is not None)
    return Reason.TEAM_OUT if out else Reason.NOT_REACHED


def carry_out(
    database: Database,
    pen: Pen,
    steps: Sequence[Step],
    *,
    about: str,
    actor_id: int | None,
    now: datetime,
    give: bool = True,
) -> dict[str, int]:
    """Take some steps, a few hundred a transaction, and return how many of each were taken.

    `give`: also give what is missing; what follows a changed board by itself gives nothing new.
    """
    counts: Counter[str] = Counter()
    wanted = [s for s in steps if s.what is not What.GIVE or give]
    for first in range(0, len(wanted), AT_ONCE):
        told: dict[What, list[int]] = defaultdict(list)
        with database.writing() as session:
            for step in wanted[first : first + AT_ONCE]:
                done = _take(session, pen, step, about=about, actor_id=actor_id, now=now)
                counts[done.value] += 1
                told[done].append(step.account_id)
            tell(session, told, title=title_of(wanted[first].body), now=now)
            session.commit()
    return dict(counts)


def title_of(body: Mapping[str, Any]) -> str:
    """Return what a certificate is for, in a word: its challenge or its standard."""
    return str((body["challenge"] or body["level"])["title"])


def tell(
    session: Session, told: Mapping[What, Sequence[int]], *, title: str, now: datetime
) -> None:
    """Tell people what became of their certificates."""
    for what, kind in TOLD.items():
        if told.get(what):
            notify(
                session,
                kind=kind,
                account_ids=told[what],
                values={"title": title},
                link=OWN_PAGE,
                now=now,
            )


def _take(
    session: Session, pen: Pen, step: Step, *, about: str, actor_id: int | None, now: datetime
) -> What:
    """Take one step; where somebody else took it meanwhile, nothing is changed."""
    if step.what in (What.KEEP, What.LEAVE_OUT):
        return step.what
    if step.present is not None:
        state = State.SUPERSEDED if step.award else State.REVOKED
        if not end(session, step.present, state=state, reason=step.reason, now=now):
            return What.KEEP
        _note(session, step.present, state.value, actor_id, now)
    if step.award is None:
        return What.REVOKE
    made = _new(pen, step.award, about, replaces=step.present, now=now)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return What.KEEP
    _note(session, made, "issued", actor_id, now)
    return step.what


def _new(
    pen: Pen, award: Award, about: str, *, replaces: Certificate | None, now: datetime
) -> Certificate:
    signed = pen.sign(award.facts, now=now)
    body = signed.certificate
    of, _, number = about.partition(":")
    return Certificate(
        code=typed_code(body.code) or "",
        about=about,
        kind=body.kind,
        account_id=award.account_id,
        challenge_id=int(number) if of == "challenge" else None,
        standard_id=int(number) if of == "standard" else None,
        team_id=award.team_id,
        university_id=award.university_id,
        body=body.model_dump(mode="json"),
        signature=signed.signature,
        issued_at=now,
        replaces=replaces.id if replaces else None,
        # Who hid the page of the one before did not agree to show the next one.
        hidden_at=now if replaces and replaces.hidden_at else None,
    )


def end(
    session: Session,
    certificate: Certificate,
    *,
    state: State,
    reason: Reason | None,
    now: datetime,
    words: str = "",
) -> bool:
    """End a certificate that is valid, and say whether it still was."""
    ended = (
        sa.update(Certificate)
        .where(col(Certificate.id) == certificate.id, col(Certificate.state) == State.VALID)
        .values(
            state=state,
            ended_at=now,
            reason=reason,
            reason_words=words,
            by_hand=reason is Reason.BY_HAND,
        )
    )
    return changed_rows(session, ended) == 1


def _note(
    session: Session, certificate: Certificate, what: str, actor_id: int | None, now: datetime
) -> None:
    record(
        session,
        f"certificate.{what}",
        at=now,
        actor_id=actor_id,
        challenge_id=certificate.challenge_id,
        team_id=certificate.team_id,
        subject_id=certificate.id,
        account=certificate.account_id,
    )
