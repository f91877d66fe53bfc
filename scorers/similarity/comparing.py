"""Compare the files of all teams, each with each: who has the same, and who stands out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scorers.similarity.field import Field, read_field
from scorers.similarity.judging import (
    FALSELY_NAMED,
    FEWEST_TEAMS,
    Pair,
    Verdict,
    judge_labels,
    judge_numbers,
)
from scorers.spec import EvaluationSpec


@dataclass(frozen=True)
class Likeness:
    """How alike files are; a file is named by its position.

    `identical`: groups with the same predictions, in whatever order of the rows. `judged`: the
    different files among which pairs were judged (0: too few, or nothing to judge nearness by);
    `by_labels`, `by_numbers`: what they can be judged by. `unread`: files that do not fit;
    `known`: those that predict what everybody was given (the sample, a baseline).
    """

    identical: tuple[tuple[int, ...], ...]
    unread: tuple[int, ...]
    known: tuple[int, ...]
    rows: int
    all_rows: int
    judged: int
    by_labels: bool
    by_numbers: bool
    verdict: Verdict


def compare_files(
    files: Sequence[Path], solution: Path, spec: EvaluationSpec, *, known: Sequence[Path] = ()
) -> Likeness:
    """Compare one file of each team with those of all others. Raises: InvalidSolution.

    `known`: files that everybody was given; whoever sends one of them in copies from nobody.
    """
    field = read_field([*files, *known], solution, spec)
    given = {
        digest
        for digest, place in zip(field.digests, field.read, strict=True)
        if place >= len(files)
    }
    groups: dict[str, list[int]] = defaultdict(list)
    for place, digest in enumerate(field.digests):
        if digest not in given:
            groups[digest].append(place)
    # Of equal files one stands for all: else they would make each other's mistakes look usual.
    first = np.array([places[0] for places in groups.values()], dtype=np.int64)
    verdict, position = _judge(field, first), [field.read[place] for place in first]
    measured = (field.labels is not None, field.numbers is not None)
    enough = len(first) >= FEWEST_TEAMS and any(measured)
    return Likeness(
        identical=tuple(
            tuple(field.read[place] for place in places)
            for places in groups.values()
            if len(places) > 1
        ),
        unread=tuple(sorted(set(range(len(files))) - set(field.read))),
        known=tuple(
            place
            for digest, place in zip(field.digests, field.read, strict=True)
            if digest in given and place < len(files)
        ),
        rows=field.rows,
        all_rows=field.all_rows,
        judged=len(first) if enough else 0,
        by_labels=measured[0],
        by_numbers=measured[1],
        verdict=replace(verdict, pairs=tuple(_placed(p, position) for p in verdict.pairs)),
    )


def _placed(pair: Pair, position: Sequence[int]) -> Pair:
    return replace(pair, one=position[pair.one], other=position[pair.other])


def _judge(field: Field, first: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Verdict:
    """Judge by labels, by numbers, or by both: then half of what may be named falsely each."""
    nothing = Verdict((), 0)
    if len(first) < FEWEST_TEAMS:
        return nothing
    both = field.labels is not None and field.numbers is not None
    allowed = FALSELY_NAMED / 2 if both else FALSELY_NAMED
    found = []
    if field.labels is not None and field.truth is not None:
        found.append(judge_labels(field.labels[first], field.truth, allowed=allowed))
    if field.numbers is not None:
        found.append(judge_numbers(field.numbers[first]))
    return _joined(found) if found else nothing


def _joined(found: Sequence[Verdict]) -> Verdict:
    """One row a pair, with what each measure says; named by either, it is named."""
    pairs: dict[tuple[int, int], Pair] = {}
    for pair in (pair for verdict in found for pair in verdict.pairs):
        known = pairs.setdefault((pair.one, pair.other), pair)
        pairs[pair.one, pair.other] = replace(
            known,
            named=known.named or pair.named,
            labels=known.labels or pair.labels,
            numbers=known.numbers or pair.numbers,
        )
    return Verdict(
        pairs=tuple(sorted(pairs.values(), key=lambda pair: not pair.named)),
        pairs_of_teams=found[0].pairs_of_teams,
        by_labels=next((v.by_labels for v in found if v.by_labels), ()),
        by_numbers=next((v.by_numbers for v in found if v.by_numbers), ()),
    )
