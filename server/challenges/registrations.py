"""Writes of registrations: asking to take part, and what the organisers decide."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.rules import RequestState
from server.challenges.models import Challenge, Participation, Registration
from server.challenges.queries import participation_of, rules_digest
from server.challenges.registration_queries import registration_of
from server.challenges.rules import Registering
from server.challenges.running import those_who_run
from server.notifications.actions import notify
from server.notifications.letters import NAME, Letter, why
from server.shared import events
from server.shared.errors import N_, Conflict, FieldError, Forbidden, Invalid
from server.shared.mail import HOME

LONGEST_MESSAGE = 1000
LONGEST_ANSWER = 500
LONGEST_REASON = 500


def ask_to_take_part(
    session: Session,
    *,
    challenge: Challenge,
    account: Account,
    message: str,
    answers: Sequence[str],
    now: datetime,
) -> Registration:
    """Ask the organisers to take part, and accept the rules by that; they are told.

    `answers` to what the challenge asks, in that order. Whoever withdrew may ask again.

    Raises:
        Invalid: an answer is missing, or a text is too long.
        Conflict: one takes part already, nothing has to be asked, or it was asked already.
        Forbidden: the organisers refused before.
    """
    assert challenge.id is not None
    assert account.id is not None
    if challenge.registering is Registering.OPEN:
        raise Conflict(N_("Nobody has to ask here: take part right away."), code="open-to-all")
    # Two first clicks of one person come one after the other.
    session.exec(select(Account.id).where(Account.id == account.id).with_for_update()).first()
    if participation_of(session, challenge.id, account.id) is not None:
        raise Conflict(N_("You take part already."), code="takes-part")
    said = _answers(challenge.asks, answers)
    asked = _fresh(session, challenge, account.id, now)
    asked.message, asked.answers = _within(message, LONGEST_MESSAGE, "message"), said
    asked.rules_sha256, asked.asked_at = rules_digest(session, challenge.id), now
    asked.state = RequestState.OPEN
    session.add(asked)
    _log(session, "registration.asked", challenge, account.id, account.id, now)
    _tell_organisers(session, challenge, account, now)
    return asked


def _fresh(session: Session, challenge: Challenge, account_id: int, now: datetime) -> Registration:
    known = registration_of(session, challenge.id or 0, account_id)
    if known is None:
        return Registration(challenge_id=challenge.id or 0, account_id=account_id, asked_at=now)
    if known.state is RequestState.REFUSED:
        raise Forbidden(
            N_("The organisers did not admit you to this challenge. Write to them to ask why."),
            code="not-admitted",
        )
    if known.state is RequestState.OPEN:
        raise Conflict(N_("You asked already; the organisers will answer."), code="asked-already")
    return known


def _answers(asks: Sequence[str], answers: Sequence[str]) -> dict[str, str]:
    given = [*answers, *[""] * len(asks)]
    said = {
        question: _within(answer, LONGEST_ANSWER, f"answer-{number}")
        for number, (question, answer) in enumerate(zip(asks, given, strict=False))
    }
    missing = [number for number, question in enumerate(asks) if not said[question]]
    if missing:
        words = N_("This is needed.")
        errors = tuple(FieldError(f"answer-{number}", words) for number in missing)
        raise Invalid(N_("Please answer what the organisers ask."), errors=errors)
    return said


def _within(text: str, most: int, field: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > most:
        words = N_("This is too long: at most %(most)s characters.")
        raise Invalid(words, field=field, most=most)
    return clean


def withdraw_registration(
    session: Session, *, challenge: Challenge, account_id: int, now: datetime
) -> None:
    """Take back what one asked. Raises Conflict where it was answered."""
    known = registration_of(session, challenge.id or 0, account_id)
    if known is None or known.state is not RequestState.OPEN:
        raise Conflict(N_("There is nothing to take back."), code="nothing-asked")
    known.state, known.message, known.answers = RequestState.WITHDRAWN, "", {}
    session.add(known)
    _log(session, "registration.withdrawn", challenge, account_id, account_id, now)


def decide_registrations(
    session: Session,
    *,
    challenge: Challenge,
    account_ids: Collection[int],
    approved: bool,
    reason: str,
    actor_id: int,
    now: datetime,
) -> int:
    """Admit people to a challenge, or not, and tell them; return how many that was.

    Those of whom it was decided so already are passed over; who was refused may be admitted
    later. Raises Conflict: somebody who takes part can't be refused.
    """
    state = RequestState.APPROVED if approved else RequestState.REFUSED
    query = (
        select(Registration)
        .where(
            Registration.challenge_id == challenge.id,
            col(Registration.account_id).in_(set(account_ids)),
            col(Registration.state).not_in([state, RequestState.WITHDRAWN]),
        )
        .order_by(col(Registration.account_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = list(session.exec(query))
    if not approved and any(row.state is RequestState.APPROVED for row in found):
        raise Conflict(
            N_("Who was admitted takes part, and can't be refused any more: disqualify the team."),
            code="admitted-already",
        )
    for row in found:
        row.state, row.decided_at, row.decided_by = state, now, actor_id
        row.reason = _within(reason, LONGEST_REASON, "reason")
        session.add(row)
        if approved:
            _admit(session, row, now)
        _log(session, f"registration.{state.value}", challenge, actor_id, row.account_id, now)
    _tell_decided(session, challenge, [row.account_id for row in found], approved, reason, now)
    return len(found)


def _admit(session: Session, row: Registration, now: datetime) -> None:
    if participation_of(session, row.challenge_id, row.account_id) is None:
        # The rules are those that were accepted by asking; newer ones wait for acceptance.
        session.add(
            Participation(
                challenge_id=row.challenge_id,
                account_id=row.account_id,
                joined_at=now,
                rules_sha256=row.rules_sha256,
            )
        )


def _tell_organisers(
    session: Session, challenge: Challenge, account: Account, now: datetime
) -> None:
    notify(
        session,
        kind="registration",
        account_ids=those_who_run(challenge.id or 0),
        values={"challenge": challenge.title, "person": account.name},
        link=f"/organise/{challenge.slug}/registrations",
        now=now,
    )


def forget_answers(session: Session) -> None:
    """Forget what closed accounts wrote when they asked; that they took part stays."""
    closed = sa.select(col(Account.id)).where(col(Account.closed_at).is_not(None))
    session.execute(
        sa.update(Registration)
        .where(
            col(Registration.account_id).in_(closed),
            sa.or_(col(Registration.message) != "", sa.cast(Registration.answers, sa.Text) != "{}"),
        )
        .values(message="", answers={})
    )


def _tell_decided(
    session: Session,
    challenge: Challenge,
    account_ids: Sequence[int],
    approved: bool,
    reason: str,
    now: datetime,
) -> None:
    link = f"/challenges/{challenge.slug}/registration"

    def write() -> Letter:
        words = {"challenge": challenge.title}
        subject = gettext("You take part in %(challenge)s", **words)
        line = gettext(
            "the organisers of %(challenge)s admitted you: you can take part now.", **words
        )
        if not approved:
            subject = gettext("You were not admitted to %(challenge)s", **words)
            line = gettext("the organisers of %(challenge)s did not admit you.", **words)
        because = gettext("They say why: %(reason)s", reason=reason) if reason.strip() else ""
        greeting = gettext("Dear %(name)s,", name=NAME)
        parts = [greeting, line, because, f"    {HOME}{link}", f"-- \nVarsity · {HOME}\n{why()}"]
        return Letter(subject, "\n\n".join(part for part in parts if part) + "\n")

    notify(
        session,
        kind="registration_decided",
        account_ids=account_ids,
        values={"challenge": challenge.title, **_verdict(approved, reason)},
        link=link,
        now=now,
        letter=write,
    )


def _verdict(approved: bool, reason: str) -> dict[str, str]:
    case, words = "admitted" if approved else "refused", " ".join(reason.split())
    return {"case": f"{case}_why", "reason": words} if words else {"case": case}


def _log(
    session: Session,
    kind: str,
    challenge: Challenge,
    actor_id: int,
    subject_id: int,
    now: datetime,
) -> None:
    events.record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=challenge.id,
        subject_id=subject_id,
    )
