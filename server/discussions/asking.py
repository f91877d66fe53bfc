"""Writes of questions: ask, reply, answer, publish, close. Each is told to whom it concerns."""

from datetime import datetime

from sqlmodel import Session

from server.challenges.models import Challenge
from server.challenges.running import those_who_run
from server.discussions.models import Question, QuestionPost
from server.discussions.queries import may_ask, standing_of, thread_of
from server.discussions.rules import (
    LONGEST_QUESTION,
    QuestionState,
    after_reply,
    check_open,
    clean_text,
    clean_title,
)
from server.notifications.actions import notify
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, Forbidden
from server.shared.events import record
from server.shared.stamps import require_same

MOVED_ON = N_(
    "Somebody else has answered or changed this in the meantime. Read it above; send yours again"
    " if it is still needed."
)


def ask(
    session: Session,
    *,
    challenge: Challenge,
    viewer: Viewer,
    title: str,
    text: str,
    named: bool,
    now: datetime,
) -> Question:
    """Ask the organisers something, between them and who asks.

    Raises:
        Forbidden: who asks does not take part.
        Invalid: the title or the text is missing or too long.
    """
    assert challenge.id is not None
    if not may_ask(session, challenge, viewer):
        raise Forbidden(
            N_("Questions are for those who take part: join the challenge first."),
            code="not-joined",
        )
    question = Question(
        challenge_id=challenge.id,
        account_id=viewer.account_id,
        title=clean_title(title),
        named=named,
        asked_at=now,
        changed_at=now,
    )
    words = clean_text(text, most=LONGEST_QUESTION)
    session.add(question)
    session.flush()
    _post(session, question, viewer.account_id, words, by_organiser=False, now=now)
    _log(session, "question.asked", question, viewer.account_id, now)
    _tell_organisers(session, challenge, question, viewer, now)
    return question


def reply(
    session: Session,
    challenge: Challenge,
    question: Question,
    *,
    text: str,
    viewer: Viewer,
    now: datetime,
) -> None:
    """Say more to one's own question: it waits for the organisers again.

    Raises:
        Conflict: it is closed.
        Invalid: the text is missing or too long.
    """
    _hold(session, question)
    check_open(question.state)
    words = clean_text(text, most=LONGEST_QUESTION)
    _post(session, question, viewer.account_id, words, by_organiser=False, now=now)
    question.state = after_reply(question.state, by_organiser=False)
    _log(session, "question.replied", question, viewer.account_id, now)
    _tell_organisers(session, challenge, question, viewer, now)


def answer(
    session: Session,
    challenge: Challenge,
    question: Question,
    *,
    text: str,
    actor_id: int,
    now: datetime,
    seen: str = "",
) -> None:
    """Answer a question to whoever asked it, and nobody else; sent twice, it is said once.

    `seen`: how the question stood when this was written. Raises Conflict, Invalid.
    """
    _hold(session, question)
    check_open(question.state)
    words = clean_text(text)
    thread = thread_of(session, question)
    if (thread[-1].post.account_id, thread[-1].post.markdown) == (actor_id, words):
        return
    require_same(seen, standing_of(question, thread), said=MOVED_ON)
    _post(session, question, actor_id, words, by_organiser=True, now=now)
    question.state = after_reply(question.state, by_organiser=True)
    _log(session, "question.answered", question, actor_id, now)
    _tell_asker(session, challenge, question, actor_id, now)


def publish_answer(
    session: Session,
    challenge: Challenge,
    question: Question,
    *,
    asked: str,
    answered: str,
    actor_id: int,
    now: datetime,
    seen: str = "",
) -> None:
    """Show a question and its answer to everybody, in words that the organisers give them.

    The thread stays between them and who asked, who is named only by agreement. `seen`: how the
    question stood when this was written. Raises Conflict, Invalid.
    """
    _hold(session, question)
    words = (
        clean_text(asked, field="asked", most=LONGEST_QUESTION),
        clean_text(answered, field="answered"),
    )
    if (question.published_question, question.published_answer) != words:
        standing = standing_of(question, thread_of(session, question))
        require_same(seen, standing, said=MOVED_ON)
    question.published_question, question.published_answer = words
    # Who was answered before knows it already.
    waited = question.state is QuestionState.OPEN
    question.state, question.changed_at = QuestionState.PUBLISHED, now
    question.published_at = question.published_at or now
    session.add(question)
    _log(session, "question.published", question, actor_id, now)
    if waited:
        _tell_asker(session, challenge, question, actor_id, now)


def unpublish(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    """Take a question and its answer off the page again. Raises Conflict."""
    _hold(session, question)
    if question.state is not QuestionState.PUBLISHED:
        raise Conflict(N_("This question is not published."), code="not-published")
    question.state, question.changed_at = QuestionState.ANSWERED, now
    question.published_at = None
    session.add(question)
    _log(session, "question.unpublished", question, actor_id, now)


def close(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    """End a thread: nobody says more. Raises Conflict where it is closed or published."""
    _hold(session, question)
    check_open(question.state)
    if question.state is QuestionState.PUBLISHED:
        raise Conflict(N_("Take the publication back first."), code="published")
    question.state, question.changed_at = QuestionState.CLOSED, now
    session.add(question)
    _log(session, "question.closed", question, actor_id, now)


def reopen(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    """Let a closed thread go on. Raises Conflict where it is not closed."""
    _hold(session, question)
    if question.state is not QuestionState.CLOSED:
        raise Conflict(N_("This question is not closed."), code="not-closed")
    last = thread_of(session, question)[-1].post
    question.state = after_reply(QuestionState.OPEN, by_organiser=last.by_organiser)
    question.changed_at = now
    session.add(question)
    _log(session, "question.reopened", question, actor_id, now)


def _hold(session: Session, question: Question) -> None:
    session.refresh(question, with_for_update=True)


def _post(
    session: Session,
    question: Question,
    account_id: int,
    words: str,
    *,
    by_organiser: bool,
    now: datetime,
) -> None:
    session.add(
        QuestionPost(
            question_id=question.id or 0,
            account_id=account_id,
            by_organiser=by_organiser,
            markdown=words,
            posted_at=now,
        )
    )
    question.changed_at = now
    session.add(question)
    session.flush()


def _tell_organisers(
    session: Session, challenge: Challenge, question: Question, viewer: Viewer, now: datetime
) -> None:
    notify(
        session,
        kind="question",
        account_ids=those_who_run(challenge.id or 0),
        values={"challenge": challenge.title, "person": viewer.name, "title": question.title},
        link=f"/organise/{challenge.slug}/questions/{question.id}",
        now=now,
    )


def _tell_asker(
    session: Session, challenge: Challenge, question: Question, actor_id: int, now: datetime
) -> None:
    if question.account_id == actor_id:
        return
    notify(
        session,
        kind="answer",
        account_ids=[question.account_id],
        values={"challenge": challenge.title, "title": question.title},
        link=f"/challenges/{challenge.slug}/questions/{question.id}",
        now=now,
    )


def _log(session: Session, kind: str, question: Question, actor_id: int, now: datetime) -> None:
    session.flush()
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=question.challenge_id,
        subject_id=question.id,
    )
