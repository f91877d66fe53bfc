"""What the data tell of the answers: rows that repeat, columns that give them away, time."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from server.preflight.budget import Budget
from server.preflight.facts import PhaseFacts, some_rows
from server.preflight.groups import group_columns, lines_on_groups
from server.preflight.report import Fix, Level, Line, Place, Value, share_in_words
from server.preflight.tables import Table, Tables, common_types
from server.preflight.telling import tells_all
from server.preflight.times import lines_on_time
from server.shared.errors import N_

_EXCESS, _GRAVE = 0.02, 0.5
_SEED = 0x5652


def lines_on_leaks(facts: PhaseFacts, tables: Tables, budget: Budget) -> Iterator[Line]:
    """Search the files that participants get for the answers, and for rows of the test set."""
    yield from _unsearched(tables)
    if tables.test is not None:
        yield from _answers_in_test(facts, tables.test)
    if tables.train is None:
        yield from _no_train(facts, tables)
        return
    yield from _unseen(facts, tables.train)
    if tables.test is None:
        return
    found = [
        *_same_rows(facts, tables.train, tables.test),
        *_same_ids(facts, tables.train, tables.test),
        *lines_on_groups(facts, tables),
        *_columns(facts, tables.train, tables.test, budget),
        *lines_on_time(facts, tables.train, tables.test),
    ]
    yield from found
    if all(line.level in (Level.NOTE, Level.PASSED) for line in found):
        yield _clean(facts, tables)


def _clean(facts: PhaseFacts, tables: Tables) -> Line:
    assert tables.train is not None
    assert tables.test is not None
    return Line(
        Level.PASSED,
        "leaks",
        Fix.DATA,
        N_("Phase %(phase)s: no answer was found in %(train)s and %(test)s."),
        how=N_("Rows, ids, columns and times of both files were compared."),
        values={"phase": facts.slug, "train": tables.train.name, "test": tables.test.name},
        phase=facts.slug,
    )


def _unsearched(tables: Tables) -> Iterator[Line]:
    for name in tables.unsearched:
        yield Line(
            Level.NOTE,
            "not-searched",
            Fix.DATA,
            N_("data/%(name)s is too large to be searched for answers."),
            N_("A check looks at files of up to a gigabyte."),
            N_("Search it yourself before anybody downloads it."),
            values={"name": name},
            where=Place(f"data/{name}"),
        )


def _no_train(facts: PhaseFacts, tables: Tables) -> Iterator[Line]:
    if tables.test is None:
        return
    yield Line(
        Level.NOTE,
        "no-train",
        Fix.DATA,
        N_("Phase %(phase)s: no data file with the answers of other rows was found to train on."),
        N_("Whether training and test data share rows could not be looked at."),
        N_("Nothing, if that is meant; else add data/train.csv with the column %(target)s."),
        values={"phase": facts.slug, "target": ", ".join(facts.targets.columns)},
        phase=facts.slug,
    )


def _answers_in_test(facts: PhaseFacts, test: Table) -> Iterator[Line]:
    for name in set(facts.targets.columns) & set(test.frame.columns):
        if test.frame[name].drop_nulls().n_unique() < 2:
            continue
        yield Line(
            Level.WARNING,
            "target-in-test",
            Fix.DATA,
            N_("data/%(file)s has the column “%(column)s”, which is what is to be predicted."),
            N_("Even where its values are others, they may be made from the answers."),
            N_("Take the column out before anybody downloads the file."),
            values={"file": test.name, "column": name},
            where=Place(f"data/{test.name}", 1, name),
            phase=facts.slug,
        )


def _unseen(facts: PhaseFacts, train: Table) -> Iterator[Line]:
    """Labels that nobody can learn."""
    if not facts.classes or facts.targets.width != 1:
        return
    shown = set(train.frame[facts.targets.columns[0]].cast(pl.String))
    unseen = [label for label in facts.classes if label not in shown]
    if unseen and len(unseen) < len(facts.classes):
        yield Line(
            Level.WARNING,
            "unseen-label",
            Fix.DATA,
            N_("Phase %(phase)s: no row of data/%(file)s has %(labels)s, but test rows have."),
            N_("Nobody can learn a label that was never shown."),
            N_("Add rows with it, or leave such rows out of the test set."),
            values={"phase": facts.slug, "file": train.name, "labels": ", ".join(unseen[:5])},
            where=Place(f"data/{train.name}"),
            phase=facts.slug,
        )


class _Same(NamedTuple):
    """How many test rows stand in the training table, beside how many train rows repeat in it."""

    share: float
    usual: float
    rows: int


def _same_rows(facts: PhaseFacts, train: Table, test: Table) -> Iterator[Line]:
    left_out = {*facts.spec.id_columns, *facts.targets.columns, *group_columns(facts)}
    names = [n for n in test.features(left_out) if n in train.frame.columns]
    if not names:
        return
    same = _compare(*common_types(train.frame, test.frame, names))
    excess = same.share - same.usual
    if same.rows == 0:
        return
    values: dict[str, Value] = {
        "phase": facts.slug,
        "rows": same.rows,
        "share": share_in_words(same.share),
        "usual": share_in_words(same.usual),
        "train": train.name,
        "columns": len(names),
    }
    if excess <= max(_EXCESS, 0.25 * same.usual):
        yield _ordinary(values, facts)
        return
    yield Line(
        Level.ERROR if excess >= _GRAVE else Level.WARNING,
        "same-rows",
        Fix.DATA,
        N_(
            "Phase %(phase)s: %(rows)s test rows (%(share)s) stand in data/%(train)s too, alike in"
            " all %(columns)s columns, with their answers. Within the training data only %(usual)s"
            " of the rows repeat."
        ),
        N_("Who looks them up needs no model, and the score says nothing of new rows."),
        N_("Take these rows out of one of the two files."),
        values=values,
        where=Place(f"data/{train.name}"),
        phase=facts.slug,
    )


def _ordinary(values: dict[str, Value], facts: PhaseFacts) -> Line:
    return Line(
        Level.NOTE,
        "same-rows",
        Fix.DATA,
        N_(
            "Phase %(phase)s: %(rows)s test rows (%(share)s) are like a row of data/%(train)s in"
            " all columns, about as many as repeat within it (%(usual)s)."
        ),
        N_("Rows with few different values repeat by chance; that is no leak by itself."),
        N_("Nothing, if rows are meant to repeat; else remove the copies."),
        values=values,
        phase=facts.slug,
    )


def _compare(train: pl.DataFrame, test: pl.DataFrame) -> _Same:
    """Compare by a hash of each row; 64 bits make a chance hit among millions unlikely."""
    known = train.hash_rows(_SEED)
    counts = known.value_counts(name="times")
    alone = counts.filter(pl.col("times") == 1).height
    hits = test.hash_rows(_SEED).is_in(known.unique().implode())
    rows = int(hits.sum())
    return _Same(rows / len(hits), 1 - alone / max(1, len(known)), rows)


def _same_ids(facts: PhaseFacts, train: Table, test: Table) -> Iterator[Line]:
    ids = list(facts.spec.id_columns)
    if not set(ids) <= set(train.frame.columns):
        return
    kinds = [pl.col(name).cast(pl.String) for name in ids]
    both = test.frame.select(kinds).join(train.frame.select(kinds), on=ids, how="semi")
    if both.height:
        yield Line(
            Level.NOTE,
            "same-ids",
            Fix.DATA,
            N_("Phase %(phase)s: %(rows)s ids stand both in data/%(train)s and in data/%(test)s."),
            N_("An id that means one row here and another there invites mistakes."),
            N_("Give each row an id of its own, drawn at random."),
            values={
                "phase": facts.slug,
                "rows": both.height,
                "train": train.name,
                "test": test.name,
            },
            phase=facts.slug,
        )


def _columns(facts: PhaseFacts, train: Table, test: Table, budget: Budget) -> Iterator[Line]:
    """Columns of which one alone gives the answer away."""
    target = train.frame[facts.targets.columns[0]]
    known = np.flatnonzero(target.is_not_null().to_numpy())
    rows = known[some_rows(len(known), budget.rows)]
    left_out = {*facts.spec.id_columns, *facts.targets.columns}
    names = [n for n in train.features(left_out) if n in test.frame.columns][: budget.columns]
    answers = _answers(target[rows], bool(facts.classes))
    for name in names:
        if answers is not None and tells_all(train.frame[name][rows], answers, bool(facts.classes)):
            yield _telling_column(facts, train, test, name)


def _answers(target: pl.Series, labels: bool) -> NDArray[np.generic] | None:
    if labels:
        return target.cast(pl.String).to_numpy()
    return target.to_numpy() if target.dtype.is_numeric() else None


def _telling_column(facts: PhaseFacts, train: Table, test: Table, name: str) -> Line:
    return Line(
        Level.WARNING,
        "telling-column",
        Fix.DATA,
        N_("The column “%(column)s” alone gives the answer away in data/%(train)s."),
        N_("It stands in data/%(test)s too: a rule of one line would win."),
        N_("Take it out of both files, unless it is known at the time of the prediction."),
        values={"column": name, "train": train.name, "test": test.name},
        where=Place(f"data/{train.name}", 1, name),
        phase=facts.slug,
    )
