"""Ids that are texts, or numbers far apart, are aligned by value, in any order."""

import numpy as np
import polars as pl
import pytest

from scorers.errors import FaultList, InvalidPredictions
from scorers.inputs import Content
from scorers.reading.aligning import add_id_faults, align
from scorers.reading.checking import Table
from scorers.reading.schema import Rules

RNG = np.random.default_rng(5)
FAR = RNG.permutation(np.arange(1000) * 10**12)
TEXTS = [f"ångström {n}" if n % 2 else f"{n}" for n in range(1000)]
COLUMNS = [
    {"id": FAR},
    {"id": TEXTS},
    {"city": [f"c{n % 40}" for n in range(1000)], "day": [f"d{n // 40}" for n in range(1000)]},
]


def _table(ids: pl.DataFrame) -> Table:
    return Table(ids, Rules(dict.fromkeys(ids.columns, Content.ID)), lambda row: row + 2)


@pytest.mark.parametrize("columns", COLUMNS)
def test_each_row_of_the_solution_finds_its_row(columns):
    ids = pl.DataFrame(columns)
    mixed = ids[RNG.permutation(1000)]
    order = align(_table(pl.concat([mixed[:300], mixed[300:]], rechunk=False)), ids)
    assert mixed[order].equals(ids)
    assert align(_table(ids.clone()), ids) is None


@pytest.mark.parametrize("columns", COLUMNS)
def test_ids_that_do_not_fit_are_named(columns):
    ids = pl.DataFrame(columns)
    twice = pl.concat([ids[1:], ids[5:6]])
    with pytest.raises(InvalidPredictions) as error:
        align(_table(twice), ids)
    assert {fault.code for fault in error.value.faults} == {"repeated_id", "missing_id"}
    with pytest.raises(InvalidPredictions) as error:
        align(_table(ids[:999]), ids)
    assert error.value.count == 1


@pytest.mark.parametrize("columns", COLUMNS)
def test_only_ids_that_stand_there_twice_are_reported_as_such(columns):
    ids, faults = pl.DataFrame(columns), FaultList()
    add_id_faults(_table(ids), None, faults)
    assert not faults
    add_id_faults(_table(pl.concat([ids, ids[3:5]])), None, faults)
    assert faults.count == 2


def test_texts_whose_hashes_agree_are_told_apart(monkeypatch):
    ids = pl.DataFrame({"id": TEXTS})
    mixed = ids[RNG.permutation(1000)]
    same = pl.Series("hash", np.zeros(1000, dtype=np.uint64))
    monkeypatch.setattr(pl.DataFrame, "hash_rows", lambda self: same[: self.height])
    assert mixed[align(_table(mixed), ids)].equals(ids)
    faults = FaultList()
    add_id_faults(_table(ids), None, faults)
    assert not faults
