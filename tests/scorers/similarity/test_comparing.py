"""Files of every kind of predictions: what they are compared by, and what is left out."""

from pathlib import Path

import numpy as np
import pytest

from scorers.evaluate import EvaluationSpec
from scorers.similarity.comparing import compare_files
from scorers.similarity.field import MOST_CELLS, read_field

TEAMS, ROWS = 10, 240
RNG = np.random.default_rng(3)
TRUTH = RNG.integers(0, 2, ROWS)
SCORES = np.clip(
    0.5 + (TRUTH - 0.5) * 0.5 + RNG.normal(0, 0.25, (TEAMS, ROWS)), 0.001, 0.999
).round(6)


def write(path: Path, header: str, columns, rows=None) -> Path:
    rows = range(len(columns[0])) if rows is None else rows
    lines = (",".join([str(row), *(str(column[row]) for column in columns)]) for row in rows)
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def spec(scorer: str, header: str, **values) -> EvaluationSpec:
    return EvaluationSpec(scorer=scorer, header=tuple(header.split(",")), **values)


def copied(values: np.ndarray) -> np.ndarray:
    """A copy with every twentieth number changed."""
    copy = values.copy()
    copy[::20] = 1 - copy[::20]
    return copy


@pytest.fixture
def compare(tmp_path):
    """Compare files of columns; the last team's is a copy of team 4's, as `copied` makes it."""

    def compare(header, truth, teams, asked, *, known=()):
        target = header.split(",")[1] if "class" not in header else "y"
        solution = write(tmp_path / "solution.csv", f"id,{target}", [truth])
        files = [write(tmp_path / f"{i}.csv", header, t) for i, t in enumerate(teams)]
        given = [write(tmp_path / f"known-{i}.csv", header, t) for i, t in enumerate(known)]
        return compare_files(files, solution, asked, known=given)

    return compare


def named(found) -> list[tuple[int, int]]:
    return [(p.one, p.other) for p in found.verdict.pairs if p.named]


@pytest.mark.parametrize("scorer", ["log_loss", "roc_auc"])
def test_probabilities_are_compared_as_numbers_and_by_their_labels(compare, scorer) -> None:
    teams = [[s] for s in (*SCORES, copied(SCORES[4]))]
    found = compare("id,p", TRUTH, teams, spec(scorer, "id,p"))
    assert (found.by_numbers, found.judged) == (True, 11)
    assert named(found) == [(4, 10)]
    assert found.verdict.pairs[0].numbers.equal == pytest.approx(0.95)


def test_a_scale_of_ones_own_hides_no_copy_of_scores(compare) -> None:
    ranked = np.exp(5 * copied(SCORES[4])).round(9)
    teams = [[s] for s in (*SCORES * 7, ranked)]
    found = compare("id,p", TRUTH, teams, spec("roc_auc", "id,p", kind="scores"))
    assert not found.by_labels
    pair = next(p for p in found.verdict.pairs if (p.one, p.other) == (4, 10))
    assert pair.numbers.together > 0.8


def test_a_probability_for_each_class_is_compared_by_its_largest_too(compare) -> None:
    header = "id,class_a,class_b"
    teams = [[1 - s, s] for s in (*SCORES, copied(SCORES[4]))]
    truth = np.where(TRUTH == 1, "class_b", "class_a")
    found = compare(header, truth, teams, spec("log_loss", header))
    assert found.by_labels
    assert found.by_numbers
    assert named(found) == [(4, 10)]
    assert found.verdict.pairs[0].labels.differences.rows == ROWS // 20


def test_few_different_numbers_are_grades_and_compared_as_labels(compare) -> None:
    truth = np.random.default_rng(5).integers(1, 6, ROWS)
    grades = [
        np.clip(truth + np.random.default_rng(i).integers(-1, 2, ROWS), 1, 5) for i in range(9)
    ]
    found = compare("id,y", truth, [[g] for g in grades], spec("rmse", "id,y"))
    assert (found.by_labels, found.by_numbers) == (True, False)
    assert named(found) == []


def test_other_kinds_are_compared_for_identity_alone(compare) -> None:
    texts = [[np.array([f"text {i} of {j % 3}" for i in range(ROWS)])] for j in range(9)]
    truth = np.array([f"text {i}" for i in range(ROWS)])
    found = compare("id,y", truth, texts, spec("exact_match", "id,y"))
    assert (found.by_labels, found.by_numbers) == (False, False)
    assert (found.judged, found.verdict.pairs) == (0, ())
    assert found.identical == ((0, 3, 6), (1, 4, 7), (2, 5, 8))


def test_a_metric_file_s_numbers_are_compared_too(compare) -> None:
    teams = [[s] for s in (*SCORES, copied(SCORES[4]))]
    asked = spec("metric.py", "id,y", code="def score(*_): return 0", numbers=("y",))
    found = compare("id,y", SCORES.mean(axis=0), teams, asked)
    assert named(found) == [(4, 10)]


def test_the_order_of_the_rows_hides_nothing_and_what_was_given_is_left_out(
    tmp_path, compare
) -> None:
    header, asked = "id,p", spec("log_loss", "id,p")
    half = np.full(ROWS, 0.5)
    compare(header, TRUTH, [[s] for s in SCORES], asked)
    files = [tmp_path / f"{i}.csv" for i in range(TEAMS)]
    files.append(write(tmp_path / "turned.csv", header, [SCORES[2]], rows=reversed(range(ROWS))))
    files += [write(tmp_path / f"half-{i}.csv", header, [half]) for i in range(2)]
    sample = write(tmp_path / "sample.csv", header, [half], rows=reversed(range(ROWS)))
    short = write(tmp_path / "short.csv", header, [half], rows=range(5))
    found = compare_files([*files, short], tmp_path / "solution.csv", asked, known=[sample])
    assert found.identical == ((2, 10),)
    assert found.known == (11, 12)
    assert found.unread == (13,)
    assert found.judged == TEAMS


def test_of_large_files_a_fixed_sample_is_compared(tmp_path) -> None:
    rows = MOST_CELLS + 10_000
    values = np.arange(rows) / rows
    solution = write(tmp_path / "solution.csv", "id,y", [values])
    file = write(tmp_path / "0.csv", "id,y", [values])
    first, again = (read_field([file], solution, spec("rmse", "id,y")) for _ in range(2))
    assert (first.rows, first.all_rows) == (MOST_CELLS, rows)
    assert np.array_equal(first.numbers, again.numbers)
