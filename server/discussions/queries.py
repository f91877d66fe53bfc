"""Reads of announcements and questions; what is private is read by who may, and nobody else."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.accounts.queries import accounts_by_id
from server.challenges.models import Challenge
from server.challenges.queries import is_organiser, participation_of
from server.challenges.roles import may_run
from server.discussions.models import Announcement, Question, QuestionPost
from server.discussions.rules import QuestionState
from server.shared.access import Viewer
from server.shared.errors import N_, NotFound
from server.shared.paging import Page, page_of
from server.shared.stamps import stamp_of


def announcements_of(
    session: Session,
    challenge_id: int,
    *,
    withdrawn: bool = False,
    page: int = 1,
    per_page: int = 20,
) -> Page[Announcement]:
    """Return a page of a challenge's news, newest first; `withdrawn`: those taken back too."""
    query = select(Announcement).where(Announcement.challenge_id == challenge_id)
    if not withdrawn:
        query = query.where(col(Announcement.withdrawn_at).is_(None))
    newest = query.order_by(col(Announcement.id).desc())
    return page_of(session, newest, page=page, per_page=per_page)


def newest_announcement(session: Session, challenge_id: int) -> Announcement | None:
    """Return the latest news of a challenge that was not taken back."""
    query = (
        select(Announcement)
        .where(
            Announcement.challenge_id == challenge_id,
            col(Announcement.withdrawn_at).is_(None),
        )
        .order_by(col(Announcement.id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def announcement_in(session: Session, challenge: Challenge, number: int) -> Announcement:
    """Return an announcement of this very challenge. Raises NotFound."""
    found = session.get(Announcement, number)
    if found is None or found.challenge_id != challenge.id:
        raise NotFound(N_("This challenge has no such announcement."))
    return found


def announcements_to_tell(session: Session) -> list[Announcement]:
    """Return the announcements that somebody may not have been told yet, the oldest first."""
    query = (
        select(Announcement)
        .where(col(Announcement.told_at).is_(None))
        .order_by(col(Announcement.id))
    )
    return list(session.exec(query))


class Said(NamedTuple):
    """A post of a thread, and who wrote it."""

    post: QuestionPost
    author: Account


class Answered(NamedTuple):
    """A published question as everybody sees it; `asker` is who agreed to be named."""

    question: Question
    asker: Account | None


class Listed(NamedTuple):
    """A question in a list of those who may read all of it."""

    question: Question
    asker: Account


def question_in(session: Session, challenge: Challenge, number: int) -> Question:
    """Return a question of this very challenge. Raises NotFound."""
    found = session.get(Question, number)
    if found is None or found.challenge_id != challenge.id:
        raise _no_such_question()
    return found


def own_question(session: Session, challenge: Challenge, number: int, viewer: Viewer) -> Question:
    """Return a question that the viewer asked. Raises NotFound, for another's too."""
    found = question_in(session, challenge, number)
    if found.account_id != viewer.account_id:
        raise _no_such_question()
    return found


def readable_question(
    session: Session, challenge: Challenge, number: int, viewer: Viewer
) -> Question:
    """Return a question to who asked it, and to who reads as an organiser. Raises NotFound."""
    found = question_in(session, challenge, number)
    if viewer.id is not None and found.account_id == viewer.id:
        return found
    if viewer.is_admin or is_organiser(session, challenge.id or 0, viewer.id):
        return found
    raise _no_such_question()


def _no_such_question() -> NotFound:
    return NotFound(N_("There is no such question, or it is between others."))


def standing_of(question: Question, thread: Sequence[Said]) -> str:
    """Return a mark of how a question stands: another one when more was said or decided."""
    decided = (question.state.value, question.published_question, question.published_answer)
    return stamp_of((thread[-1].post.id, *decided))


def thread_of(session: Session, question: Question) -> list[Said]:
    """Return what was said to a question, its own words first."""
    query = (
        select(QuestionPost, Account)
        .join(Account, col(Account.id) == col(QuestionPost.account_id))
        .where(QuestionPost.question_id == question.id)
        .order_by(col(QuestionPost.id))
    )
    return [Said(post, author) for post, author in session.exec(query)]


def published_questions(
    session: Session, challenge_id: int, *, page: int = 1, per_page: int = 20
) -> Page[Answered]:
    """Return a page of the questions that everybody may read, the latest published first."""
    query = (
        select(Question)
        .where(
            Question.challenge_id == challenge_id,
            Question.state == QuestionState.PUBLISHED,
        )
        .order_by(col(Question.published_at).desc(), col(Question.id).desc())
    )
    found = page_of(session, query, page=page, per_page=per_page)
    names = _accounts(session, (q.account_id for q in found.rows if q.named))
    rows = [Answered(q, names.get(q.account_id) if q.named else None) for q in found.rows]
    return Page(found.total, found.page, found.per_page, rows)


def own_questions(session: Session, challenge_id: int, account_id: int) -> list[Question]:
    """Return what an account asked in a challenge, the latest first."""
    query = (
        select(Question)
        .where(Question.account_id == account_id, Question.challenge_id == challenge_id)
        .order_by(col(Question.id).desc())
        .limit(100)
    )
    return list(session.exec(query))


def questions_of(
    session: Session, challenge_id: int, *, state: QuestionState | None, page: int, per_page: int
) -> Page[Listed]:
    """Return a page of all questions: those that wait first, each by when it changed last."""
    query = select(Question).where(Question.challenge_id == challenge_id)
    if state is not None:
        query = query.where(Question.state == state)
    waits = sa.case((col(Question.state) == QuestionState.OPEN, 0), else_=1)
    # Who waits longest is first among those who wait; of the others the latest.
    ordered = query.order_by(
        waits,
        sa.case((waits == 0, col(Question.changed_at))),
        col(Question.changed_at).desc(),
        col(Question.id).desc(),
    )
    found = page_of(session, ordered, page=page, per_page=per_page)
    people = _accounts(session, (q.account_id for q in found.rows))
    rows = [Listed(q, people[q.account_id]) for q in found.rows]
    return Page(found.total, found.page, found.per_page, rows)


def questions_by_state(session: Session, challenge_id: int) -> dict[QuestionState, int]:
    """Return how many questions of a challenge stand where."""
    query = (
        select(Question.state, func.count())
        .where(Question.challenge_id == challenge_id)
        .group_by(col(Question.state))
    )
    return {QuestionState(state): number for state, number in session.exec(query)}


def may_ask(session: Session, challenge: Challenge, viewer: Viewer) -> bool:
    """Whether a viewer may ask: who takes part and has confirmed the address."""
    return viewer.confirmed and (
        participation_of(session, challenge.id or 0, viewer.id) is not None
        or may_run(session, challenge.id or 0, viewer)
    )


def _accounts(session: Session, ids: Iterable[int]) -> dict[int, Account]:
    return accounts_by_id(session, set(ids))
