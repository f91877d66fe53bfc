"""Pure: where the ends and the ticks of an axis are, in numbers or in moments of UTC."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil, floor, isfinite, log10

# Room for a day below an axis.
ACROSS = 6
DAY, HOUR, MINUTE = 86_400, 3_600, 60
# On which minutes and hours the ticks of a chart stand that is too short for days.
MINUTES = (1, 2, 5, 10, 15, 30)
HOURS = (1, 2, 3, 6, 12)
STEPS = (*(n * MINUTE for n in MINUTES), *(n * HOUR for n in HOURS))

Where = float | datetime


def nice_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return at most `most` + 1 round numbers that reach from below `low` to above `high`.

    `whole`: none between two whole numbers, for what is counted. Steps of 1, 2 or 5 times a power
    of ten: Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
    """
    if not (isfinite(low) and isfinite(high)):
        raise ValueError(f"an axis needs finite ends, not {low} and {high}")
    if high <= low:
        # Towards zero: beyond a perfect score there is nothing.
        low, high = (low * 0.9, low) if low > 0 else (low, low * 0.9 or 1.0)
    step = _nice_step(max((high - low) / most, 1.0 if whole else 0.0))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    while last - first > most:
        step = _nice_step(step * 1.5)
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def _nice_step(rough: float) -> float:
    power = 10.0 ** floor(log10(rough))
    return power * next(base for base in (1, 2, 5, 10) if base * power >= rough * (1 - 1e-9))


def number(x: Where) -> float:
    """Return a place as a number: a moment as seconds since 1970."""
    return x.timestamp() if isinstance(x, datetime) else float(x)


def ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the smallest and the largest; a single value stands in the middle."""
    first, last = min(values), max(values)
    return (first, last) if last > first else (first - 1, last + 1)


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return what places a value between two ends of the drawing."""

    def at(value: float) -> float:
        return round(start + (value - low) / (high - low) * (end - start), 1)

    return at


def moments(first: float, last: float) -> list[Where]:
    """Return round moments in UTC between two: whole days, or hours or minutes of shorter spans.

    Between two moments of one minute there is none: the first of them stands for both.
    """
    step = _moment_step(last - first)
    begin = datetime.fromtimestamp(first, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if step < DAY:
        begin += timedelta(seconds=(first - begin.timestamp()) // step * step)
    found: list[Where] = []
    while begin.timestamp() <= last:
        if begin.timestamp() >= first:
            found.append(begin)
        begin += timedelta(seconds=step)
    return found or [datetime.fromtimestamp(first, UTC)]


def _moment_step(span: float) -> int:
    for step in STEPS:
        if span / step <= ACROSS:
            return step
    return max(1, ceil(span / DAY / ACROSS)) * DAY
