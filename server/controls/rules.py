"""Pure decisions on what organisers may decide while a challenge runs."""

from datetime import UTC, date, datetime, time

from server.challenges.rules import INCLUSIVE
from server.shared.errors import N_, Conflict, Invalid

LONGEST_WORDS = 500
LONGEST_REASON = 1000
MOST_EXTRA = 1000
# Beyond these a moment is a slip of the keyboard.
YEARS = range(2000, 2200)
# The events that are decisions of organisers, as the history lists them.
DECISIONS = (
    "phase.paused",
    "phase.resumed",
    "phase.frozen",
    "phase.unfrozen",
    "phase.extended",
    "phase.moved",
    "phase.revealed",
    "submission.disqualified",
    "submission.reinstated",
    "team.disqualified",
    "team.reinstated",
    "team.extra_submissions",
)


def clean_words(text: str) -> str:
    """Return what organisers say of a pause. Raises Invalid where it is too long."""
    words = text.replace("\0", "").strip()
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            N_("A message has at most %(most)s characters."), field="words", most=LONGEST_WORDS
        )
    return words


def clean_reason(text: str) -> str:
    """Return why something was decided. Raises Invalid where nothing is said, or too much."""
    reason = text.replace("\0", "").strip()
    if not reason:
        raise Invalid(N_("Say why: the team and the log will read it."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            N_("A reason has at most %(most)s characters."), field="reason", most=LONGEST_REASON
        )
    return reason


def check_extension(
    *,
    ends: datetime,
    until: datetime,
    revealed: bool,
    expected: datetime | None,
    next_begins: datetime | None,
    now: datetime,
) -> None:
    """Say whether a phase that ends at `ends` may end at `until` instead.

    `expected` is the end that the organiser saw; `next_begins` the start of a following phase
    that admits teams by the result of this one.

    Raises:
        Conflict: the result is out, or another organiser moved the end meanwhile, or the next
            phase would begin before its teams are known.
        Invalid: the new end is not later, or is past.
    """
    if revealed:
        raise Conflict(
            N_("The result is revealed: the phase can't take submissions again."), code="revealed"
        )
    if expected is not None and expected != ends:
        raise Conflict(
            N_("The deadline was moved meanwhile: it is %(ends)s now. Look again."),
            code="deadline-moved",
            ends=in_words(ends),
        )
    if until.year not in YEARS or until <= ends:
        raise Invalid(
            N_("A deadline can only become later than %(ends)s."), field="ends", ends=in_words(ends)
        )
    if now >= until + INCLUSIVE:
        raise Invalid(N_("The new deadline is past already."), field="ends")
    if next_begins is not None and until > next_begins:
        raise Conflict(
            N_(
                "The next phase begins at %(begins)s and admits teams by the result of this one. "
                "Choose an earlier deadline, or first let the next phase begin later: under "
                "“Change it”, in the step Phases, or in the folder."
            ),
            code="next-phase",
            begins=in_words(next_begins),
        )


def check_grant(
    *, total: int, per_day: int, day: date | None, ends: datetime, revealed: bool, now: datetime
) -> datetime | None:
    """Say whether a team may be given so many submissions more; return when that day begins.

    Raises:
        Conflict: the phase is over.
        Invalid: nothing would be given, too much, or on no day that is left of the phase.
    """
    if revealed or now >= ends + INCLUSIVE:
        raise Conflict(N_("This phase is closed: its deadline has passed."), code="closed")
    if not 0 <= total <= MOST_EXTRA or not 0 <= per_day <= MOST_EXTRA:
        raise Invalid(N_("Give between 0 and %(most)s."), field="total", most=MOST_EXTRA)
    if not total and not per_day:
        raise Invalid(N_("Say how many: in all, on one day, or both."), field="total")
    if not per_day:
        return None
    if day is None or day.year not in YEARS:
        raise Invalid(N_("Say on which day the further submissions are for."), field="day")
    begins = datetime.combine(day, time(), UTC)
    if not now.astimezone(UTC).date() <= day <= ends.astimezone(UTC).date():
        raise Invalid(
            N_("Choose a day between today and the end of the phase (days are those of UTC)."),
            field="day",
        )
    return begins


def in_words(moment: datetime) -> str:
    """Write a moment for a message: to the second where it is not a whole minute."""
    form = "%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M"
    return f"{moment.astimezone(UTC):{form}} UTC"
