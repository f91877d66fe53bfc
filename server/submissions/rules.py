"""Pure decisions on submissions: states, quotas and deadlines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.shared.errors import N_, Conflict, Forbidden, Invalid, NotFound, TooLarge

# Tries that ended in a fault of ours; the worker's own death in between counts apart, since
# power cuts say nothing of the file.
# A store that is away, or a full disk, is put right in minutes rather than at once: how long after
# each try the next one is made.
AGAIN_AFTER = (
    *(timedelta(seconds=5), timedelta(seconds=30)),
    *(timedelta(minutes=2), timedelta(minutes=10)),
)
MOST_ATTEMPTS = len(AGAIN_AFTER) + 1
MOST_INTERRUPTIONS = 10
# The deadline is inclusive to the second.
INCLUSIVE = timedelta(seconds=1)


class SubmissionState(StrEnum):
    """`rejected` is the participant's mistake, `failed` ours or the organiser's."""

    QUEUED = "queued"
    SCORING = "scoring"
    SCORED = "scored"
    REJECTED = "rejected"
    FAILED = "failed"


WAITING = (SubmissionState.QUEUED, SubmissionState.SCORING)
COUNTED = (SubmissionState.QUEUED, SubmissionState.SCORING, SubmissionState.SCORED)
# The faults that are found by comparing a file with the answers.
BY_THE_METRIC = ("undefined", "metric")
FINAL = (SubmissionState.SCORED, SubmissionState.REJECTED, SubmissionState.FAILED)


LONGEST_NOTE = 2000

# So many failed submissions of a team, phase and day take nothing from its quota. Each may have
# kept a worker busy to its limit: without a bound they would block the queue.
FAILURES_GIVEN_BACK = 3


class Quota(NamedTuple):
    """What is left of a phase's quotas, and when the next submission is free (None: never)."""

    left_today: int
    left_total: int
    next_free: datetime | None

    @property
    def left(self) -> int:
        """How many may be sent now."""
        return min(self.left_today, self.left_total)


def day_of(moment: datetime) -> datetime:
    """Return the beginning of a moment's day, in UTC: quotas are counted by it."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class Used(NamedTuple):
    """How many places of the quotas are used up: of today's, and of the whole phase's."""

    today: int
    total: int


def failures_that_count(received: Iterable[datetime], *, now: datetime) -> Used:
    """Return how many failed submissions use up a place: those of a day beyond the first three."""
    by_day = Counter(day_of(moment) for moment in received)
    counted = {day: max(0, n - FAILURES_GIVEN_BACK) for day, n in by_day.items()}
    return Used(counted.get(day_of(now), 0), sum(counted.values()))


class Grant(NamedTuple):
    """Submissions beyond the quotas: so many in all, and so many on one day (in UTC)."""

    total: int
    per_day: int
    day: datetime | None


class Extra(NamedTuple):
    """What a team has beyond the quotas: in the whole phase, and on the present day."""

    total: int = 0
    today: int = 0


NOTHING_EXTRA = Extra()


def extra_of(grants: Iterable[Grant], *, now: datetime) -> Extra:
    """Return what a team's grants come to at a moment; those of another day give nothing."""
    total = today = 0
    for grant in grants:
        total += grant.total
        if grant.day is not None and day_of(grant.day) == day_of(now):
            today += grant.per_day
    return Extra(total, today)


def quota(
    *,
    per_day: int,
    total: int,
    used_today: int,
    used_total: int,
    ends: datetime,
    now: datetime,
    extra: Extra = NOTHING_EXTRA,
) -> Quota:
    """Return what is left. Queued, scoring and scored are used; rejected come back, and failed ones
    as `failures_that_count` says.
    """
    left_total = max(0, total + extra.total - used_total)
    left_today = max(0, per_day + extra.today - used_today)
    if left_total == 0:
        return Quota(left_today, 0, None)
    if left_today > 0:
        return Quota(left_today, left_total, now)
    tomorrow = day_of(now) + timedelta(days=1)
    return Quota(0, left_total, tomorrow if tomorrow <= ends else None)


class Standing(NamedTuple):
    """What the rules say of a submission that may be made: practice is scored and not ranked."""

    late: bool


class Pause(NamedTuple):
    """Since when organisers take no files: who paused, and in which words."""

    since: datetime
    by: str
    words: str


def require_running(pause: Pause | None, *, now: datetime) -> None:
    """Raise Conflict where submissions are paused; what began to arrive before that counts."""
    if pause is None or now < pause.since:
        return
    raise Conflict(
        N_("Submissions are paused since %(since)s by %(by)s: %(words)s")
        if pause.words
        else N_("Submissions are paused since %(since)s by %(by)s. Nothing was counted."),
        code="paused",
        since=f"{pause.since:%Y-%m-%d %H:%M} UTC",
        by=pause.by,
        words=pause.words,
    )


def may_submit(
    *,
    starts: datetime,
    ends: datetime,
    revealed: bool,
    ended_challenge: bool,
    now: datetime,
    disqualified: bool,
    size: int,
    max_bytes: int,
    left: Quota,
    pause: Pause | None = None,
    late_until: datetime | None = None,
) -> Standing:
    """Say whether a team may submit now; `now` is when the upload began to arrive.

    The deadline is inclusive: `now < ends + 1 s`. After the end of the whole challenge and the
    reveal a submission is practice: scored, marked late, ranked on no board. So is one within the
    late days of a class, up to `late_until`, which may count for a grade.

    Raises:
        Conflict: the phase is not open or paused, or a quota is used up.
        Forbidden: the team is disqualified.
        TooLarge: the file has more bytes than the challenge allows.
    """
    if size > max_bytes:
        raise TooLarge(
            N_("The file has %(size)s bytes; this challenge allows %(most)s."),
            size=f"{size:,}",
            most=f"{max_bytes:,}",
        )
    if now < starts:
        raise Conflict(N_("This phase has not begun yet."), code="not-open")
    # Once the private board is out nothing can count, however early its upload began.
    late = revealed or now >= ends + INCLUSIVE
    for_grade = late and takes_late(revealed=revealed, late_until=late_until, now=now)
    if late and not for_grade and not (revealed and ended_challenge):
        raise Conflict(N_("This phase is closed: its deadline has passed."), code="closed")
    require_running(pause, now=now)
    if disqualified:
        raise Forbidden(N_("Your team was disqualified by the organisers."), code="disqualified")
    require_quota(left, late=late and not for_grade)
    return Standing(late=late)


def takes_late(*, revealed: bool, late_until: datetime | None, now: datetime) -> bool:
    """Whether a late file is still taken for a grade; the bound is inclusive like a deadline."""
    return not revealed and late_until is not None and now < late_until + INCLUSIVE


def require_quota(left: Quota, *, late: bool) -> None:
    """Raise Conflict where a quota is used up; practice has no total."""
    if left.left_total <= 0 and not late:
        raise Conflict(
            N_("Your team has used all its submissions of this phase."), code="quota-total"
        )
    if left.left_today <= 0 and left.next_free is None:
        raise Conflict(
            N_("Your team has used all its submissions of today, the last day of this phase."),
            code="quota-day",
        )
    if left.left_today <= 0:
        raise Conflict(
            N_("Your team has used all its submissions of today. A new day begins at 00:00 UTC."),
            code="quota-day",
        )


def may_select(*, selected: int, most: int, ended: bool, state: SubmissionState) -> None:
    """Say whether one more submission may be picked for the final board.

    Raises:
        Conflict: the phase has ended, as many as allowed are picked, or it has no score.
    """
    if ended:
        raise Conflict(N_("The choice closed with the phase."), code="closed")
    if state in (SubmissionState.REJECTED, SubmissionState.FAILED):
        raise Conflict(N_("Only a submission with a score can be picked."), code="no-score")
    if selected >= most:
        raise Conflict(
            N_("You may pick %(most)s. Drop one of them first."), most=most, code="too-many-picked"
        )


class PhaseTimes(NamedTuple):
    """When a phase is open, whether its private board is out, and until when a class is late."""

    slug: str
    starts: datetime
    ends: datetime
    revealed: bool
    late_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether files count on its board."""
        return self.starts <= now < self.ends + INCLUSIVE

    def takes_late(self, now: datetime) -> bool:
        """Whether it is over, and late files are still taken for a grade."""
        over = now >= self.ends + INCLUSIVE
        return over and takes_late(revealed=self.revealed, late_until=self.late_until, now=now)


def choose_phase(phases: Sequence[PhaseTimes], *, wanted: str | None, now: datetime) -> str:
    """Return the slug of the phase a file goes to: the one named, else the only open one.

    Where none is open it is the one whose late days run; after the end and the reveal of the last
    phase it is that one (practice).

    Raises:
        NotFound: no phase has the name.
        Invalid: several phases are open and none is named.
        Conflict: none is open.
    """
    if wanted:
        if wanted not in [p.slug for p in phases]:
            raise NotFound(N_("This challenge has no phase %(slug)s."), slug=wanted)
        return wanted
    running = [p.slug for p in phases if p.is_open(now)]
    running = running or [p.slug for p in phases if p.takes_late(now)]
    if len(running) == 1:
        return running[0]
    if running:
        raise Invalid(
            N_("Several phases are open. Say which: %(phases)s."),
            phases=", ".join(running),
            field="phase",
        )
    if phases and has_ended(phases, now=now) and phases[-1].revealed:
        return phases[-1].slug
    raise Conflict(N_("No phase of this challenge is open now."), code="closed")


def has_ended(phases: Sequence[PhaseTimes], *, now: datetime) -> bool:
    """Whether every phase of a challenge is over."""
    return all(now >= p.ends + INCLUSIVE for p in phases)
