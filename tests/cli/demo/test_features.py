from pathlib import Path

import numpy as np
import polars as pl
import pytest

from server.cli.demo.features import (
    TASKS,
    blocks,
    columns,
    curve,
    edges,
    profiles,
    with_products,
    years,
)
from server.cli.demo.models import questions_file, read_table


@pytest.mark.parametrize("slug", sorted(TASKS))
def test_every_feature_set_gives_finite_numbers_for_train_and_test(slug: str, built: Path):
    phase = "a" if slug in ("digits", "breast-cancer") else "main"
    train = read_table(built / slug / "data" / "train.csv")
    test = read_table(questions_file(built / slug, phase))

    for select in TASKS[slug].features.values():
        known, asked = select(train), select(test)
        assert known.shape == (len(train), asked.shape[1])
        assert np.isfinite(known).all()
        assert np.isfinite(asked).all()


@pytest.mark.parametrize("slug", sorted(TASKS))
def test_no_feature_set_needs_the_answer(slug: str, built: Path):
    train = read_table(built / slug / "data" / "train.csv").drop(TASKS[slug].target)

    for select in TASKS[slug].features.values():
        assert len(select(train)) == len(train)


def test_an_empty_cell_is_the_median_of_its_column():
    frame = pl.DataFrame({"age": [10, None, 30, 80]})

    assert columns("age")(frame).ravel().tolist() == [10, 30, 30, 80]


def test_products_are_squares_and_pairs():
    frame = pl.DataFrame({"a": [2.0], "b": [5.0]})

    assert with_products(columns("a", "b"))(frame).tolist() == [[2, 5, 4, 10, 25]]


def one_scan(row: int, column: int, ink: int) -> pl.DataFrame:
    names = [f"r{r}c{c}" for r in range(8) for c in range(8)]
    return pl.DataFrame({name: [ink if name == f"r{row}c{column}" else 0] for name in names})


def test_a_pixel_counts_in_its_block_its_row_and_its_column():
    scan = one_scan(row=2, column=5, ink=9)

    assert blocks(scan).reshape(4, 4)[1, 2] == blocks(scan).sum() == 9
    assert profiles(scan)[0, 5] == 9
    assert profiles(scan)[0, 8 + 2] == 9


def test_an_edge_is_the_step_between_neighbours():
    scan = one_scan(row=2, column=5, ink=9)

    down, right = edges(scan)[0, :56].reshape(7, 8), edges(scan)[0, 56:].reshape(8, 7)
    assert (down[1, 5], down[2, 5]) == (9, -9)
    assert (right[2, 4], right[2, 5]) == (9, -9)


def test_time_is_counted_in_years():
    frame = pl.DataFrame({"date": ["1975-01-01", "1985-07-02"]})

    assert years(frame) == pytest.approx([1975.0, 1985.5], abs=0.01)
    assert curve(degree=2, waves=0)(frame)[1] == pytest.approx([1.05, 1.1025], abs=0.01)
