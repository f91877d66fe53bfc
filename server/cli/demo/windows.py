"""When the phases of the demo's challenges are open, and at what times students upload."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from server.folders.definition import Definition
from server.folders.times import Clock

BUNDLED = Path(__file__).resolve().parents[3] / "challenges"
REPAIR = timedelta(minutes=30)  # the longest that repairing a refused file takes
# How often a student uploads at each hour of the local day, from midnight.
HOURS = (3, 2, 1, 0, 0, 0, 0, 1, 2, 4, 5, 6, 4, 5, 7, 7, 7, 6, 5, 5, 7, 9, 9, 6)
TRIES = 60  # that a full window is given before a team uploads less often


@dataclass(frozen=True)
class PhaseWindow:
    """A phase as the story sees it; `first` is false for a phase that follows another.

    `invited`: those on its list alone take part; `late_days`: so long files are taken for a grade.
    """

    challenge: str
    phase: str
    starts: datetime
    ends: datetime
    per_day: int
    total: int
    max_size: int
    first: bool = True
    invited: bool = False
    late_days: int = 0


def bundled_windows(now: datetime, folder: Path = BUNDLED) -> list[PhaseWindow]:
    """The phases of every challenge in `folder`, deployed at `now`."""
    paths = sorted(folder.glob("*/challenge.toml"))
    return [window for path in paths for window in windows_of(path, now)]


def windows_of(path: Path, now: datetime) -> Iterable[PhaseWindow]:
    """The phases of one `challenge.toml`."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    definition = Definition.model_validate(document, context=Clock(now, allow_relative_times=True))
    for position, phase in enumerate(definition.phases):
        yield PhaseWindow(
            challenge=path.parent.name,
            phase=phase.slug,
            starts=phase.starts,
            ends=phase.ends,
            per_day=phase.per_day,
            total=phase.total,
            max_size=definition.teams.max_size,
            first=position == 0,
            invited=definition.visibility == "invited",
            late_days=definition.course.late_days if definition.course else 0,
        )


def moments(
    rng: Random, window: PhaseWindow, *, count: int, until: datetime, utc_offset: int
) -> list[datetime]:
    """Up to `count` upload times in a window, in order, with room to repair each file.

    Every time may be used twice (refused, repaired), also across midnight, within `per_day`.
    """
    closes = min(window.ends, until) - REPAIR
    begins = window.starts + (closes - window.starts) * rng.uniform(0, 0.6)
    wanted = min(count, window.total // 2)
    taken: list[datetime] = []
    for _ in range(TRIES):
        moment = working_moment(rng, begins, closes, utc_offset)
        if len(taken) < wanted and is_free(moment, taken, window):
            taken.append(moment)
    return sorted(taken)


def working_moment(rng: Random, begins: datetime, closes: datetime, utc_offset: int) -> datetime:
    """A random time between the two, at an hour at which students work where that fits."""
    offset = timedelta(hours=utc_offset)
    anywhen = begins + (closes - begins) * rng.random()
    (hour,) = rng.choices(range(24), HOURS)
    clock = time(hour, rng.randrange(60), rng.randrange(60), tzinfo=begins.tzinfo)
    moment = datetime.combine((anywhen + offset).date(), clock) - offset
    return moment if begins <= moment <= closes else anywhen.replace(microsecond=0)


def is_free(moment: datetime, taken: Sequence[datetime], window: PhaseWindow) -> bool:
    """Whether an upload then keeps its distance from the others and the day's quota."""
    days = Counter(other.date() for other in taken)
    far = all(abs(moment - other) > REPAIR for other in taken)
    return far and days[moment.date()] < max(1, (window.per_day - 1) // 2)
