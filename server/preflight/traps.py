"""Metrics that do not say on these answers what their names promise."""

from collections.abc import Iterator

import polars as pl

from server.preflight.facts import PhaseFacts
from server.preflight.report import Fix, Level, Line
from server.shared.errors import N_

_RARE = 5


def lines_on_metric(facts: PhaseFacts) -> Iterator[Line]:
    """Look for answers that a metric can't cope with."""
    if facts.scorer is None:
        return
    for name in (facts.scorer.name, *facts.spec.also):
        yield from _relative(facts, name)
        yield from _top_k(facts, name)
    yield from _no_interval(facts)
    yield from _rare(facts)


def _relative(facts: PhaseFacts, name: str) -> Iterator[Line]:
    """A relative error divides by the truth."""
    first = facts.targets.to_series()
    if name != "mape" or not first.dtype.is_numeric():
        return
    zeros = int((first == 0).sum())
    if zeros:
        yield Line(
            Level.WARNING,
            "zeros-in-truth",
            Fix.METRIC,
            N_("Phase %(phase)s: %(zeros)s answers are 0, by which MAPE would divide."),
            N_("Each weighs more than all other rows together: the score says nothing else."),
            N_("Choose MAE, wMAPE or sMAPE, or leave these rows out."),
            values={"phase": facts.slug, "zeros": zeros},
            phase=facts.slug,
        )


def _top_k(facts: PhaseFacts, name: str) -> Iterator[Line]:
    k = (facts.scorer.params if facts.scorer else {}).get("k")
    classes = len(
        set(facts.classes) | set(facts.spec.columns if len(facts.spec.columns) > 1 else ())
    )
    if "top_k" in name and isinstance(k, int) and k >= classes:
        yield Line(
            Level.ERROR,
            "top-k",
            Fix.METRIC,
            N_("Phase %(phase)s: the %(k)s likeliest of %(classes)s classes are all of them."),
            N_("Every file would be perfect."),
            N_("Choose a k well below the number of classes."),
            values={"phase": facts.slug, "k": k, "classes": classes},
            phase=facts.slug,
        )


def _no_interval(facts: PhaseFacts) -> Iterator[Line]:
    best = facts.best
    boards = {} if best is None else {"public": best.result.public, "private": best.result.private}
    for name, board in boards.items():
        if board is not None and board.interval is None:
            yield Line(
                Level.WARNING,
                "no-interval",
                Fix.METRIC,
                N_("Phase %(phase)s: scores of the %(board)s board have no interval: %(reason)s."),
                N_("Without it nobody sees which places are luck."),
                N_("More rows or groups of rows help, or another metric."),
                values={
                    "phase": facts.slug,
                    "board": name,
                    "reason": board.method.removeprefix("withheld: "),
                },
                phase=facts.slug,
            )


def _rare(facts: PhaseFacts) -> Iterator[Line]:
    """Classes with hardly a row weigh as much as the others in a mean over classes."""
    macro = (facts.scorer.params if facts.scorer else {}).get("average") == "macro"
    balanced = facts.scorer is not None and facts.scorer.name == "balanced_accuracy"
    if not (macro or balanced) or not facts.classes or facts.targets.width != 1:
        return
    rows = facts.private if facts.private.any() else facts.public
    counts = facts.targets.to_series().cast(pl.String).filter(pl.Series(rows)).value_counts()
    least = counts.sort("count").row(0, named=True) if counts.height else None
    if least is not None and least["count"] < _RARE:
        label = str(next(iter(least.values())))
        yield Line(
            Level.WARNING,
            "rare-class",
            Fix.SOLUTION,
            N_("Phase %(phase)s: only %(count)s deciding rows are %(label)s."),
            N_("The metric is a mean over classes: these few rows weigh as much as any class."),
            N_("Collect more of them, merge the class with another, or average otherwise."),
            values={"phase": facts.slug, "count": int(least["count"]), "label": label},
            phase=facts.slug,
        )
