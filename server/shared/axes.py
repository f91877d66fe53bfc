"""Pure: where the ends and the ticks of an axis are, in numbers or in moments of UTC."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil, floor, isfinite, log10

# Room for a day below an axis.
ACROSS = 6
DAY, HOUR = 86_400, 3_600
# From which length on a chart counts days, and on which hours of a shorter one the ticks stand.
HOURS = (1, 2, 3, 6, 12)

Where = float | datetime


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` + 1 round numbers that reach from below `low` to above `high`.

    Steps of 1, 2 or 5 times a power of ten: Heckbert, "Nice numbers for graph labels", Graphics
    Gems (1990).
    """
    if not (isfinite(low) and isfinite(high)):
        raise ValueError(f"an axis needs finite ends, not {low} and {high}")
    if high <= low:
        high = low + (abs(low) * 0.1 or 1.0)
    step = _nice_step((high - low) / most)
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
    """Return round moments in UTC between two: whole days, or hours where days are too far."""
    step = _moment_step(last - first)
    begin = datetime.fromtimestamp(first, UTC).replace(minute=0, second=0, microsecond=0)
    if step >= DAY:
        begin = begin.replace(hour=0)
    else:
        begin -= timedelta(hours=begin.hour % (step // HOUR))
    found: list[Where] = []
    while begin.timestamp() <= last:
        if begin.timestamp() >= first:
            found.append(begin)
        begin += timedelta(seconds=step)
    return found


def _moment_step(span: float) -> int:
    for hours in HOURS:
        if span / (hours * HOUR) <= ACROSS:
            return hours * HOUR
    return max(1, ceil(span / DAY / ACROSS)) * DAY
