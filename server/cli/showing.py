"""How scores, times and places are written on a terminal."""

from datetime import datetime
from typing import Any

from rich.cells import cell_len

from server.cli.words import N_, _

# What a submission is besides its state, and the words of both.
MARKS = (N_("selected"), N_("late"))
STATES = (N_("queued"), N_("scoring"), N_("scored"), N_("rejected"), N_("failed"))


def score_text(score: Any, interval: Any = None) -> str:
    """Write a score with its interval: `0.9321 [0.9102, 0.9511]`."""
    if isinstance(score, dict):
        score, interval = score.get("value"), score.get("interval")
    if score is None:
        return ""
    if not interval or None in interval:
        return number(score)
    return f"{number(score)} [{number(interval[0])}, {number(interval[1])}]"


def number(value: float) -> str:
    """Write a number with 4 decimals, large ones with 6 significant digits."""
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.6g}"


def time_text(moment: str | None) -> str:
    """Write an ISO moment in the reader's own zone, which it names: `2026-12-31 23:59 +08:00`.

    A terminal is often that of another machine, whose clock goes by UTC.
    """
    if not moment:
        return ""
    local = datetime.fromisoformat(moment).astimezone()
    zone = local.isoformat()[-6:] if local.utcoffset() else "UTC"
    return f"{local:%Y-%m-%d %H:%M} {zone}"


def range_text(ranks: Any) -> str:
    """Write a rank range: `2-5`."""
    if not ranks or None in ranks:
        return ""
    low, high = ranks
    return str(low) if low == high else f"{low}-{high}"


def name_of(thing: Any) -> str:
    """Write the name of a team or a university, a dash where there is none."""
    return str(thing["name"]) if thing else "-"


def state_text(submission: Any) -> str:
    """Write where a submission stands, with what else is true of it."""
    marks = [_(word) for word in MARKS if submission.get(word)]
    state: str = submission["state"]
    return ", ".join([_(state), *marks])


_LADDER = {
    True: N_("a released value"),
    False: N_("no significant improvement: the released value stays"),
}


def score_lines(submission: Any) -> list[str]:
    """Write a scored submission's result, a line for each thing to know."""
    score = submission.get("score")
    if score is None:
        return [_("Scored; the value is not shown.")]
    lines = [(_("Score"), score_text(score))]
    lines += [(name, number(value)) for name, value in (score.get("also") or {}).items()]
    if score.get("method"):
        lines.append((_("Interval"), score["method"]))
    if ladder := submission.get("ladder"):
        lines.append((_("Ladder"), _(_LADDER[bool(ladder["improved"])])))
    if submission.get("rank") is not None:
        lines.append((_("Rank"), str(submission["rank"])))
    return [f"{_padded(name)} {said}" for name, said in lines]


def _padded(name: str) -> str:
    """Return a name as wide as the others; a Chinese character takes the place of two."""
    return name + " " * max(0, 8 - cell_len(name))
