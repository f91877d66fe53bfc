"""The reference of all scorers as Markdown, written from the scorers themselves.

`python -m scorers.reference FILE` writes it.
"""

import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scorers.inputs import INPUTS
from scorers.parameters import REQUIRED, Parameter
from scorers.registry import FAMILIES, SCORERS, Family
from scorers.scorer import Scorer

_HEAD = """# The scorers, one by one

This page is written from the scorers themselves by `make reference`. How files are read, what an
interval is and how several scorers go together is in [The scorers](scorers.md); what lists, texts,
masks and boxes look like in a file is in [Formats of predictions](formats-of-predictions.md).
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, _index(), *(_chapter(family) for family in FAMILIES)])


def _index() -> str:
    lines = ["| family | scorers |", "|---|---|"]
    for family in FAMILIES:
        names = ", ".join(f"[`{name}`](#{_anchor(SCORERS[name])})" for name in family.names)
        lines.append(f"| {family.title} | {names} |")
    return "\n".join([*lines, ""])


def _anchor(scorer: Scorer) -> str:
    kept = "".join(c for c in _heading(scorer).lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _heading(scorer: Scorer) -> str:
    return f"`{scorer.name}`: {scorer.title}"


def _chapter(family: Family) -> str:
    needs = [] if family.extra is None else [f"Needs `pip install 'varsity[{family.extra}]'`.", ""]
    sections = [section_of(SCORERS[name]) for name in family.names]
    return "\n".join([f"## {family.title}", "", *needs, *sections])


def section_of(scorer: Scorer) -> str:
    """What one scorer says of itself, under a heading."""
    lines = [
        f"### {_heading(scorer)}",
        "",
        scorer.summary,
        "",
        f"- Formula: {scorer.formula}",
        f"- {_direction(scorer)}",
        f"- Reads {_kinds(scorer)}.",
        f"- Interval: {interval_of(scorer)}",
        f"- Source: <{scorer.source}>",
        "",
    ]
    return "\n".join([*lines, *_parameters(scorer.all_parameters)])


def _direction(scorer: Scorer) -> str:
    if scorer.rebuild is not None:
        return "Direction, range and perfect value are those of its parts."
    better = "Higher" if scorer.higher_is_better else "Lower"
    low, high, perfect = (_number(x) for x in (scorer.lower, scorer.upper, scorer.perfect))
    if math.isnan(scorer.perfect):
        perfect = "value depends on the data"
    return f"{better} is better; from {low} to {high}, perfect {perfect}."


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:g}".replace("-", "−")


def _kinds(scorer: Scorer) -> str:
    if scorer.rebuild is not None:
        return "what its parts read"
    return "; or ".join(f"{INPUTS[kind].words} (`{kind}`)" for kind in scorer.kinds)


def interval_of(scorer: Scorer) -> str:
    """How its interval is found, in a sentence."""
    if scorer.rebuild is not None:
        return "percentiles of the replicates, by sums where every part has them."
    if scorer.interval is not None:
        first = (scorer.interval.__doc__ or "").strip().splitlines()
        if first:
            return first[0]
    if scorer.decompose is not None:
        return "Student's t from the influence of each unit; replicates by sums."
    return "Student's t from the spread of the replicates, resampled outright."


def _parameters(parameters: Iterable[Parameter]) -> list[str]:
    rows = [_row(parameter) for parameter in parameters]
    if not rows:
        return []
    return ["| parameter | default | values | meaning |", "|---|---|---|---|", *rows, ""]


def _row(parameter: Parameter) -> str:
    if parameter.choices:
        values = ", ".join(f"`{_toml(choice)}`" for choice in dict.fromkeys(parameter.choices))
    else:
        values = parameter.expected
    default = "required" if parameter.default is REQUIRED else f"`{_toml(parameter.default)}`"
    cells = (f"`{parameter.name}`", default, values, parameter.doc)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _toml(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(v) for v in value)}]"
    return str(value)


def main(arguments: list[str]) -> None:
    """Write the page to the file named."""
    Path(arguments[0]).write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
