"""A correction moves no row from one board to the other, whatever is corrected."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from scorers.errors import InvalidSolution
from scorers.evaluate import check_solution, evaluate_file
from scorers.keeping import sides_of, together, written
from scorers.solutions.splitting import USAGE
from scorers.spec import BY_LABEL, EvaluationSpec, Split

SPEC = EvaluationSpec(
    "accuracy", ("id", "y"), public_fraction=0.3, split_seed=5, replicates=0, draw=BY_LABEL
)
METRIC = "def score(solution, submission, row_id_column_name):\n    return 0.0\n"
WAYS = {
    "rows": SPEC,
    "rows as the first specs drew them": replace(SPEC, draw=None),
    "units": replace(SPEC, unit_column="key"),
    "groups": replace(SPEC, split=Split("group", "key")),
    "times": replace(SPEC, split=Split("time", "day")),
    "a metric file": replace(SPEC, scorer="metric.py", code=METRIC),
}
FIRST = 24

corrections = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 1 << 20),
        "relabelled": st.integers(0, 6),
        "dropped": st.integers(0, 6),
        "added": st.integers(0, 8),
    }
)


def table_of(ids: list[str], seed: int) -> pl.DataFrame:
    """Rows with labels, keys of five rows each and days, in the order of the ids."""
    rng = np.random.default_rng([seed, len(ids)])
    number = np.arange(len(ids))
    return pl.DataFrame(
        {
            "id": ids,
            "y": rng.integers(0, 3, len(ids)).astype(str),
            "key": [f"k{n // 5}" for n in number],
            "day": [f"2026-01-{1 + n % 28:02}" for n in number],
        }
    )


def store(folder: Path, table: pl.DataFrame, spec: EvaluationSpec) -> Path:
    """The table as a solution with the columns that the spec reads."""
    column = spec.unit_column or (spec.split.column if spec.split else None)
    path = folder / "solution.csv"
    table.select(["id", "y", *([column] if column else [])]).write_csv(path)
    return path


def kept(folder: Path, solution: Path, spec: EvaluationSpec) -> EvaluationSpec:
    """The spec of what comes next: rows stay where they stand now."""
    sides = folder / "sides"
    sides.write_bytes(written(sides_of(solution, spec)))
    return replace(spec, sides=str(sides))


def boards_of(solution: Path, spec: EvaluationSpec, rows: int) -> dict[object, str]:
    now = sides_of(solution, spec).head(rows)
    return dict(zip(now["id"].cast(pl.String), now[USAGE], strict=True))


def corrected(table: pl.DataFrame, pool: pl.DataFrame, how: dict[str, int]) -> pl.DataFrame:
    """Cells changed, rows taken away, rows of the pool added (perhaps again), in another order."""
    rng = np.random.default_rng(how["seed"])
    left = table.sample(table.height - how["dropped"], seed=how["seed"], shuffle=True)
    absent = pool.join(left, on="id", how="anti")
    more = absent.sample(min(how["added"], absent.height), seed=how["seed"], shuffle=True)
    found = pl.concat([left, more]).sample(fraction=1, shuffle=True, seed=how["seed"])
    at, like = rng.integers(0, found.height, (2, how["relabelled"]))
    labels, keys, days = (found[name].to_list() for name in ("y", "key", "day"))
    for row, other in zip(at, like, strict=True):
        labels[row] = str(rng.integers(0, 3))
        keys[row], days[row] = keys[other], days[other]
    return found.with_columns(y=pl.Series(labels), key=pl.Series(keys), day=pl.Series(days))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("prefix", [("", ""), ("x", "x"), ("", "x")])
@settings(max_examples=8, deadline=None)
@given(st.lists(corrections, min_size=1, max_size=3), st.integers(0, 50))
def test_no_row_that_was_there_changes_its_side(tmp_path_factory, way, prefix, steps, seed):
    folder = tmp_path_factory.mktemp("kept")
    # Ids that were all numbers may be texts after a correction.
    pool = table_of([f"{prefix[n >= FIRST]}{n}" for n in range(60)], seed)
    table, spec = pool.head(FIRST), WAYS[way]
    solution = store(folder, table, spec)
    known = boards_of(solution, spec, table.height)
    for step in steps:
        spec = kept(folder, solution, spec)
        table = corrected(table, pool, step)
        if not any(known.get(i) == "Public" for i in table["id"]):
            break  # Without public rows it is refused.
        solution = store(folder, table, spec)
        now = boards_of(solution, spec, table.height)
        assert set(now) == set(table["id"])
        assert {i: side for i, side in now.items() if i in known} == {
            i: known[i] for i in now if i in known
        }
        known |= now


def test_new_rows_bring_the_public_board_back_to_its_fraction(tmp_path):
    pool = table_of([str(n) for n in range(1000)], 0)
    solution = store(tmp_path, pool.head(200), SPEC)
    spec = kept(tmp_path, solution, SPEC)
    public = [i for i, side in boards_of(solution, SPEC, 200).items() if side == "Public"]
    left = pool.filter(~pl.col("id").is_in(public[:20]))
    now = boards_of(store(tmp_path, left, spec), spec, left.height)
    assert list(now.values()).count("Public") == round(left.height * 0.3)


def test_an_id_that_was_mistyped_takes_the_place_that_it_leaves(tmp_path):
    pool = table_of([str(n) for n in range(200)], 0)
    solution = store(tmp_path, pool, SPEC)
    spec, before = kept(tmp_path, solution, SPEC), boards_of(solution, SPEC, 200)
    for row in (list(before.values()).index(side) for side in ("Public", "Private")):
        ids = [f"{i}x" if n == row else i for n, i in enumerate(pool["id"])]
        retyped = pool.with_columns(id=pl.Series(ids))
        now = boards_of(store(tmp_path, retyped, spec), spec, 200)
        assert list(now.values()) == list(before.values())


@pytest.mark.parametrize("way", ["units", "groups"])
def test_a_new_row_goes_with_its_unit_and_new_units_stay_whole(tmp_path, way):
    pool = table_of([str(n) for n in range(200)], 0)
    spec = WAYS[way]
    # Each key that is known has one row that is not there yet; the last ten keys are new.
    first = pool.filter((pl.arange(0, 200) % 5 != 4) & (pl.arange(0, 200) < 150))
    solution = store(tmp_path, first, spec)
    spec = kept(tmp_path, solution, spec)
    now = boards_of(store(tmp_path, pool, spec), spec, 200)
    of_key = pool.with_columns(side=pl.Series([now[i] for i in pool["id"]]))
    assert of_key.group_by("key").agg(pl.col("side").n_unique())["side"].max() == 1
    assert abs(list(now.values()).count("Public") - 60) <= 5
    assert len({now[i] for i in pool["id"][150:]}) == 2


def test_new_rows_of_a_split_by_time_stand_where_their_time_does(tmp_path):
    pool = table_of([str(n) for n in range(28)], 0)
    spec = WAYS["times"]
    solution = store(tmp_path, pool.filter(pl.arange(0, 28) % 2 == 0), spec)
    before = boards_of(solution, spec, 14)
    spec = kept(tmp_path, solution, spec)
    now = boards_of(store(tmp_path, pool, spec), spec, 28)
    assert [now[str(n)] for n in range(1, 28, 2)] == [before[str(n)] for n in range(0, 28, 2)]


def test_the_same_rows_make_the_same_bytes_however_often_they_are_kept(tmp_path):
    solution = store(tmp_path, table_of([f"x{n}" for n in range(50)], 0), SPEC)
    spec = kept(tmp_path, solution, SPEC)
    once = Path(spec.sides).read_bytes()
    assert Path(kept(tmp_path, solution, spec).sides).read_bytes() == once


def test_a_usage_column_is_the_last_word(tmp_path):
    table = table_of([str(n) for n in range(20)], 0)
    spec = kept(tmp_path, store(tmp_path, table, SPEC), SPEC)
    usage = [("Ignored", "Public", "Private")[n % 3] for n in range(20)]
    path = tmp_path / "solution.csv"
    table.select("id", "y", pl.Series(USAGE, usage)).write_csv(path)
    assert list(boards_of(path, spec, 20).values()) == usage
    # What is ignored stays ignored where the column goes again.
    spec = kept(tmp_path, path, spec)
    assert list(boards_of(store(tmp_path, table, spec), spec, 20).values()) == usage


def test_rows_that_nothing_decides_are_refused(tmp_path):
    table = table_of([str(n) for n in range(20)], 0)
    spec = kept(tmp_path, store(tmp_path, table.head(18), SPEC), SPEC)
    path = store(tmp_path, table, SPEC)
    with pytest.raises(InvalidSolution, match="2 rows are new, such as “18”"):
        check_solution(path, replace(spec, public_fraction=None), sample=None)


def test_scores_are_those_of_the_rows_that_stayed(tmp_path):
    table = table_of([str(n) for n in range(40)], 3)
    solution = store(tmp_path, table, SPEC)
    before = boards_of(solution, SPEC, 40)
    spec = kept(tmp_path, solution, SPEC)
    truth = table.with_columns(y=pl.Series([["0", "1", "2"][n % 3] for n in range(40)]))
    file = tmp_path / "predictions.csv"
    table.select("id", "y").write_csv(file)
    found = evaluate_file(file, store(tmp_path, truth, spec), spec)
    for side, board in (("Public", found.public), ("Private", found.private)):
        on = pl.Series([before[i] == side for i in table["id"]])
        assert board.value == accuracy_score(truth["y"].filter(on), table["y"].filter(on))


def test_a_table_that_is_none_is_refused(tmp_path):
    solution = store(tmp_path, table_of(["1", "2", "3"], 0), SPEC)
    for text, said in (
        ("id\n1\n", "Usage"),
        ("id,Usage\n1,public\n", "expected “Public”"),
        ("id,Usage\n1,Public\n1,Private\n", "more than once"),
    ):
        (tmp_path / "sides").write_text(text)
        with pytest.raises(InvalidSolution, match=said):
            check_solution(solution, replace(SPEC, sides=str(tmp_path / "sides")), sample=None)


def test_a_stored_spec_names_its_table_and_says_nothing_where_there_is_none():
    assert "sides" not in SPEC.to_json()
    stored = replace(SPEC, sides="a" * 64).to_json()
    assert EvaluationSpec.from_json(stored).sides == "a" * 64


def test_of_several_tables_the_first_that_names_a_row_has_the_word():
    first = pl.DataFrame({"id": [2, 1], USAGE: ["Public", "Private"]})
    second = pl.DataFrame({"id": ["3", "1"], USAGE: ["Ignored", "Public"]})
    third = pl.DataFrame({"id": [4, 3], USAGE: ["Private", "Private"]})
    joined = together([first, second, third])
    assert dict(joined.iter_rows()) == {
        "2": "Public",
        "1": "Private",
        "3": "Ignored",
        "4": "Private",
    }
    assert joined["id"].to_list() == ["2", "1", "3", "4"]
    assert together([first]).equals(first)


def test_rows_of_two_id_columns_stay_too(tmp_path):
    spec = replace(SPEC, header=("case", "at", "y"), id_columns=("case", "at"))
    rows = pl.DataFrame({"case": ["a"] * 20 + ["b"] * 20, "at": [*range(20), *range(20)]})
    path = tmp_path / "solution.csv"
    rows.with_columns(y=pl.Series([str(n % 2) for n in range(40)])).write_csv(path)
    before, spec = sides_of(path, spec), kept(tmp_path, path, spec)
    turned = rows.reverse().with_columns(y=pl.Series([str(n % 3 % 2) for n in range(40)]))
    turned.write_csv(path)
    assert sides_of(path, spec).equals(before.reverse())
