"""How scores, times and places are written on a terminal."""

from datetime import datetime
from typing import Any


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
    """Write an ISO moment in the reader's own zone."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


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
    marks = [word for word in ("selected", "late") if submission.get(word)]
    return ", ".join([str(submission["state"]), *marks])


_LADDER = {
    True: "a released value",
    False: "no significant improvement: the released value stays",
}


def score_lines(submission: Any) -> list[str]:
    """Write a scored submission's result, a line for each thing to know."""
    score = submission.get("score")
    if score is None:
        return ["Scored; the value is not shown."]
    lines = [f"Score    {score_text(score)}"]
    lines += [f"{name:8} {number(value)}" for name, value in (score.get("also") or {}).items()]
    if score.get("method"):
        lines.append(f"Interval {score['method']}")
    if ladder := submission.get("ladder"):
        lines.append(f"Ladder   {_LADDER[bool(ladder['improved'])]}")
    if submission.get("rank") is not None:
        lines.append(f"Rank     {submission['rank']}")
    return lines
