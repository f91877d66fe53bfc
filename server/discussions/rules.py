"""Pure decisions on announcements and questions."""

from collections.abc import Mapping
from enum import StrEnum
from unicodedata import category

from server.shared.errors import N_, Conflict, FieldError, Invalid

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_QUESTION = 5_000
# Beside what is printable: line ends, and the joiners of Persian, Hindi and emoji.
KEPT = "\n\t\u200c\u200d"


class QuestionState(StrEnum):
    """Where a question stands: it waits, was answered to who asked, was published, is closed."""

    OPEN = "open"
    ANSWERED = "answered"
    PUBLISHED = "published"
    CLOSED = "closed"


def clean_title(title: str) -> str:
    """Return a title on one line. Raises Invalid."""
    clean = " ".join(_typed(title).split())
    if not clean:
        raise _missing("title", N_("Give it a title."))
    if len(clean) > LONGEST_TITLE:
        raise _long("title", LONGEST_TITLE)
    return clean


def clean_text(text: str, *, field: str = "text", most: int = LONGEST_TEXT) -> str:
    """Return a text of Markdown without the ends that hold nothing. Raises Invalid."""
    clean = _typed(text).strip()
    if not clean:
        raise _missing(field, N_("Write something."))
    if len(clean) > most:
        raise _long(field, most)
    return clean


def _typed(text: str) -> str:
    """Leave out what nobody types: control characters, and those that letters are filled in at."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in KEPT or c.isprintable() or category(c) == "Zs")


def check_open(state: QuestionState) -> None:
    """Refuse more words on a closed question. Raises Conflict."""
    if state is QuestionState.CLOSED:
        raise Conflict(N_("This question is closed."), code="question-closed")


def after_reply(state: QuestionState, *, by_organiser: bool) -> QuestionState:
    """Return where a question stands after a reply; a published one stays out."""
    if state is QuestionState.PUBLISHED:
        return state
    return QuestionState.ANSWERED if by_organiser else QuestionState.OPEN


def _missing(field: str, words: str) -> Invalid:
    return Invalid(words, field=field, errors=(FieldError(field, words),))


def _long(field: str, most: int) -> Invalid:
    return Invalid(N_("This is too long: at most %(most)s characters."), field=field, most=most)


def counted(counts: Mapping[QuestionState, int]) -> int:
    """Return how many questions wait for an answer."""
    return counts.get(QuestionState.OPEN, 0)
