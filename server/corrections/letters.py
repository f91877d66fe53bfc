"""The letter to a team of which another evaluation went live: what changed for it, and why."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from server.boards.kept import Place
from server.challenges.models import Phase
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board
from server.notifications.letters import NAME, why
from server.notifications.words import said
from server.shared.catalogues import catalogue_of
from server.shared.errors import N_
from server.shared.language import language, number_words
from server.shared.mail import HOME
from server.submissions.rules import SubmissionState
from server.teams.notices import Reader

# A letter lists so many submissions, and counts the others.
MOST_LISTED = 10


class Turned(NamedTuple):
    """A submission that came to another end."""

    number: int
    filename: str
    state: SubmissionState
    message: str | None


class Moved(NamedTuple):
    """A team's place on one board, before and after; None where it has none."""

    board: Board
    before: Place | None
    after: Place | None


class News(NamedTuple):
    """What a team is told."""

    moves: Sequence[Moved]
    turned: Sequence[Turned]


def letter(reader: Reader, phase: Phase, evaluation: Evaluation, news: News) -> str:
    """Return the letter to a team, in the language that is spoken now."""
    frozen = is_frozen(phase)
    paragraphs = [
        said(N_("Dear %(name)s,"), name=NAME),
        said(
            N_(
                "the organisers of %(challenge)s have scored %(phase)s anew, and it concerns your "
                "team %(team)s."
            ),
            challenge=reader.challenge,
            phase=phase.title,
            team=reader.team,
        ),
        said(N_("Why: %(reason)s"), reason=evaluation.reason),
        *("\n".join(_moved(move, frozen=frozen)) for move in news.moves),
        *_of_frozen(frozen=frozen),
        *_of_submissions(news.turned),
        said(N_("The board:")),
        f"    {HOME}/challenges/{reader.slug}/leaderboard?phase={phase.slug}",
        f"-- \nVarsity · {HOME}\n"
        + said(N_("You receive this message because you are a member of the team.")),
        why(),
    ]
    return "\n\n".join(paragraphs) + "\n"


def is_frozen(phase: Phase) -> bool:
    """Whether teams see a board as it was: each knows its own score, and no place."""
    return phase.frozen_at is not None and phase.revealed_at is None


def _moved(move: Moved, *, frozen: bool) -> Iterator[str]:
    board = N_("Final ranking") if move.board is Board.PRIVATE else N_("Public board")
    before, after = _place(move.before, frozen=frozen), _place(move.after, frozen=frozen)
    yield said(N_("%(board)s:"), board=said(board))
    yield "    " + said(N_("before: %(place)s"), place=before)
    yield "    " + said(N_("now: %(place)s"), place=after)


def _place(place: Place | None, *, frozen: bool) -> str:
    if place is None:
        return said(N_("not on it"))
    if place.rank is not None:
        score = _number(place.score)
        return said(N_("rank %(rank)s with %(score)s"), rank=str(place.rank), score=score)
    return _number(place.score) if frozen else said(N_("not ranked"))


def _number(value: float) -> str:
    whole = sum(abs(value) >= bound for bound in (10, 100, 1000))
    return number_words(value, "#,##0." + "0" * (4 - whole), language())


def _of_frozen(*, frozen: bool) -> Iterator[str]:
    if frozen:
        yield said(
            N_(
                "The public board is frozen at present: your place under the new evaluation is "
                "shown when it moves again."
            )
        )


def _of_submissions(turned: Sequence[Turned]) -> Iterator[str]:
    if not turned:
        return
    yield said(N_("Your submissions:"))
    yield "\n".join(f"    {_ended(submission)}" for submission in turned[:MOST_LISTED])
    more = len(turned) - MOST_LISTED
    if more > 0:
        words = catalogue_of(language())
        text = words.ungettext("and %(num)s more", "and %(num)s more", more)
        yield f"    {text}" % {"num": more}


def _ended(submission: Turned) -> str:
    which = said(
        N_("no. %(number)s, %(filename)s:"),
        number=str(submission.number),
        filename=submission.filename,
    )
    words = [which, said(_ENDS[submission.state])]
    if submission.state is SubmissionState.REJECTED and submission.message:
        words.append(submission.message)
    return " ".join(words)


_ENDS = {
    SubmissionState.SCORED: N_("it has a score now."),
    SubmissionState.REJECTED: N_("it is rejected now, and takes nothing from your quota."),
    SubmissionState.FAILED: N_("it could not be scored; the organisers see why."),
}
