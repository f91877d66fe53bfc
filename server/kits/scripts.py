"""The scripts of a starter kit: a baseline made for the tables at hand, and a download."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from scorers.kinds import InputKind
from scorers.scorer import Scorer
from server.kits.rules import Parts

HERE = Path(__file__).parent


def baseline_script(
    *,
    slug: str,
    parts: Parts,
    header: Sequence[str],
    ids: Sequence[str],
    kind: InputKind,
    params: Mapping[str, Any],
) -> str:
    """Return a baseline that learns from a challenge's own tables, as Python's source.

    Every value is written by `repr`: no name of a column or a file can become code.
    """
    quantiles = params.get("quantiles")
    return _filled(
        "baseline.py.txt",
        challenge=slug,
        train=parts.train,
        tests=list(parts.tests),
        samples=list(parts.samples),
        ids=list(ids),
        targets=[name for name in header if name not in ids],
        kind=kind.value,
        quantiles=list(quantiles) if isinstance(quantiles, list | tuple) else [],
    )


def download_script(*, server: str, files: Sequence[tuple[str, str, str]]) -> str:
    """Return a script that fetches files, each by its name, its address and its sha256."""
    return _filled("download.py.txt", server=server, files=list(files))


def _filled(name: str, **values: object) -> str:
    # ascii and not repr: names in any script, and no sign that turns the writing's direction.
    written = {key: ascii(value) for key, value in values.items()}
    return Template((HERE / name).read_text("utf-8")).substitute(written)


def kind_of_prediction(
    scorer: Scorer | None, *, stored: str | None, labels: Sequence[str] | None, columns: int
) -> InputKind:
    """Return what a prediction is: as the evaluation says, or else as the metric reads it first."""
    if stored:
        return InputKind(stored)
    if scorer is None:
        return InputKind.LABELS if labels else InputKind.NUMBERS
    several = {InputKind.PROBABILITIES, InputKind.INDICATORS, InputKind.CLASS_SCORES}
    if columns > 1:
        wide = [kind for kind in scorer.kinds if kind in several]
        return wide[0] if wide else scorer.kind
    return scorer.kind
