"""What a metric file is given, what its answers amount to, and how sure they are."""

import math
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score

from scorers.errors import InvalidPredictions, InvalidSolution, ParticipantVisibleError
from scorers.evaluate import check_solution, evaluate_file
from scorers.metric_files.running import Task, perform
from scorers.metric_files.scoring import MetricFault, Said
from scorers.metric_files.trial import try_metric
from scorers.spec import EvaluationSpec
from scorers.uncertainty import ScoreResult, compare

OURS = """
import numpy as np
higher_is_better = True
def score(truth, prediction, *, weight: float = 1.0) -> float:
    return weight * float(np.mean(truth == prediction))
"""
KAGGLE = """
import pandas as pd
import sklearn.metrics
class ParticipantVisibleError(Exception): pass
def score(solution: pd.DataFrame, submission: pd.DataFrame, row_id_column_name: str) -> float:
    del solution[row_id_column_name], submission[row_id_column_name]
    if len(set(submission["digit"])) < 2:
        raise ParticipantVisibleError("Predict at least two digits.")
    return sklearn.metrics.accuracy_score(solution["digit"], submission["digit"])
"""
N = 300


def run_here(task: Task, *, seconds: float = 60, clock=lambda: 0.0) -> list[Said]:
    """In this process: these metrics are ours."""
    said = perform(task, clock=clock, seconds=seconds)
    if "visible" in said:
        raise ParticipantVisibleError(said["visible"])
    if "fault" in said:
        raise MetricFault(said["fault"], said["trace"])
    return [
        Said(b["value"], [math.nan if v is None else v for v in b["replicates"]], b["fixed_ids"])
        for b in said["boards"]
    ]


def spec(code: str, **more) -> EvaluationSpec:
    given = {"header": ("id", "digit"), "numbers": ("digit",), "replicates": 200} | more
    return EvaluationSpec(scorer="metric.py", code=code, **given)


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, N)
    guess = np.where(rng.random(N) < 0.8, truth, (truth + 1) % 3)
    other = np.where(rng.random(N) < 0.7, truth, (truth + 1) % 3)
    usage = np.where(np.arange(N) % 3 > 0, "Public", "Private")
    ids = [f"row-{i}" for i in range(N)]
    frame = pd.DataFrame({"id": ids, "digit": truth, "Usage": usage})
    frame.to_csv(tmp_path / "solution.csv", index=False)
    for name, values in (("guess", guess), ("other", other)):
        pd.DataFrame({"id": ids, "digit": values}).sample(frac=1, random_state=1).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    return tmp_path, frame.assign(guess=guess, other=other)


@pytest.mark.parametrize("code", [OURS, KAGGLE])
def test_the_value_is_the_metrics_own_on_each_board(files, code):
    folder, frame = files
    result = evaluate_file(folder / "guess.csv", folder / "solution.csv", spec(code), run=run_here)
    for board, name in ((result.public, "Public"), (result.private, "Private")):
        rows = frame[frame["Usage"] == name]
        assert board.value == accuracy_score(rows["digit"], rows["guess"])
        assert board.rows == len(rows)
        assert board.interval[0] < board.value < board.interval[1]
        assert board.method == f"percentiles of 200 outright resamples of {len(rows)} rows"


def test_both_signatures_see_the_same_resamples(files):
    folder, _ = files
    found = [
        evaluate_file(folder / "guess.csv", folder / "solution.csv", spec(code), run=run_here)
        for code in (OURS, KAGGLE)
    ]
    assert np.array_equal(found[0].public.replicates, found[1].public.replicates)


def test_two_submissions_are_compared_pair_by_pair(files):
    folder, frame = files
    results = []
    for name in ("guess", "other"):
        board = evaluate_file(
            folder / f"{name}.csv", folder / "solution.csv", spec(OURS), run=run_here
        ).public
        results.append(ScoreResult(board.value, board.interval, board.method, board.replicates))
    paired = compare(*results)
    rows = frame[frame["Usage"] == "Public"]
    hits = (rows["guess"] == rows["digit"]).astype(float) - (rows["other"] == rows["digit"])
    error = hits.std() / np.sqrt(len(rows))
    width = paired.interval[1] - paired.interval[0]
    assert paired.difference == pytest.approx(hits.mean())
    assert width == pytest.approx(2 * 1.96 * error, rel=0.25)


def test_when_the_time_is_up_fewer_resamples_are_used_and_it_is_said(files):
    folder, _ = files
    ticks = iter(range(100_000))
    run = partial(run_here, seconds=300, clock=lambda: next(ticks))
    board = evaluate_file(folder / "guess.csv", folder / "solution.csv", spec(OURS), run=run).public
    done = int(np.isfinite(board.replicates).sum())
    assert 100 <= done < 200
    assert f"(time for {done} of 200)" in board.method
    full = evaluate_file(
        folder / "guess.csv", folder / "solution.csv", spec(OURS), run=run_here
    ).public
    assert np.array_equal(board.replicates[:done], full.replicates[:done])


def test_with_too_few_resamples_the_interval_is_withheld(files):
    folder, _ = files
    ticks = iter(range(100_000))
    run = partial(run_here, seconds=60, clock=lambda: next(ticks))
    board = evaluate_file(folder / "guess.csv", folder / "solution.csv", spec(OURS), run=run).public
    assert board.interval is None
    assert "withheld: time for" in board.method


def test_a_metric_that_reads_the_ids_gets_no_interval(files):
    folder, _ = files
    code = KAGGLE.replace(
        "    del solution",
        "    first = solution[row_id_column_name].str[4:].astype(int).iloc[0] / 1e6\n    del solution",
    ).replace("return ", "return first + ")
    board = evaluate_file(
        folder / "guess.csv", folder / "solution.csv", spec(code), run=run_here
    ).public
    assert board.interval is None
    assert board.method == "withheld: the metric reads the ids, so rows cannot be drawn twice"


def test_a_unit_that_is_drawn_twice_is_two_units(tmp_path):
    rng = np.random.default_rng(3)
    patients = np.repeat(np.arange(40), rng.integers(1, 6, 40))
    truth = rng.normal(size=len(patients)) + patients
    rows = [f"{i},{t},{p}\n" for i, (t, p) in enumerate(zip(truth, patients, strict=True))]
    (tmp_path / "solution.csv").write_text("id,y,patient\n" + "".join(rows))
    (tmp_path / "prediction.csv").write_text(
        "id,y\n" + "".join(f"{i},{t + rng.normal()}\n" for i, t in enumerate(truth))
    )
    code = """
higher_is_better = False
def score(solution, submission, row_id_column_name: str) -> float:
    assert solution[row_id_column_name].is_unique
    error = (solution["y"] - submission["y"]).abs()
    return float(error.groupby(solution["patient"]).mean().shape[0])
"""
    made = spec(code, header=("id", "y"), numbers=("y",), unit_column="patient")
    board = evaluate_file(
        tmp_path / "prediction.csv", tmp_path / "solution.csv", made, run=run_here
    ).public
    assert board.value == 40
    assert set(board.replicates) == {40.0}


def test_participants_hear_what_the_metric_wants_them_to(files):
    folder, _ = files
    (folder / "same.csv").write_text("id,digit\n" + "".join(f"row-{i},1\n" for i in range(N)))
    with pytest.raises(InvalidPredictions) as error:
        evaluate_file(folder / "same.csv", folder / "solution.csv", spec(KAGGLE), run=run_here)
    assert str(error.value) == "Predict at least two digits."


def test_a_fault_has_its_trace_with_the_lines_of_the_file_alone(files):
    folder, _ = files
    code = OURS.replace("return ", "return 1 / 0 * ")
    with pytest.raises(MetricFault) as error:
        evaluate_file(folder / "guess.csv", folder / "solution.csv", spec(code), run=run_here)
    assert str(error.value) == "metric.py raised ZeroDivisionError: division by zero"
    assert 'File "metric.py", line 5, in score' in error.value.trace
    assert "return 1 / 0 * weight" in error.value.trace
    assert "metric_running" not in error.value.trace


def test_a_file_is_checked_before_the_metric_sees_it(files):
    folder, _ = files
    path = folder / "guess.csv"
    path.write_text(path.read_text().replace("row-7,", "row-7,x"))
    with pytest.raises(InvalidPredictions, match="is not a number"):
        evaluate_file(path, folder / "solution.csv", spec(OURS), run=run_here)


def test_columns_come_in_their_types(tmp_path):
    (tmp_path / "solution.csv").write_text("id,text,whole,part,note\n1,a,1,1.5,\n2,b,2,2.5,x\n")
    (tmp_path / "prediction.csv").write_text("id,text,whole,part\n2,b,2,2\n1,,1.5,3\n")
    code = """
def score(solution, submission, row_id_column_name: str) -> float:
    assert list(solution.columns) == ["id", "text", "whole", "part", "note"]
    assert list(submission.columns) == ["id", "text", "whole", "part"]
    kinds = [solution[n].dtype.kind for n in ("id", "whole", "part")]
    kinds += [submission[n].dtype.kind for n in ("id", "whole", "part")]
    assert kinds == ["i", "i", "f", "i", "f", "f"], kinds
    assert solution["note"].isna().tolist() == [True, False]
    assert submission["whole"].tolist() == [1.5, 2.0]
    return 1.0
"""
    made = spec(code, header=("id", "text", "whole", "part"), numbers=("whole", "part"))
    files = tmp_path / "prediction.csv", tmp_path / "solution.csv"
    assert evaluate_file(*files, made, run=run_here).public.value == 1.0


def test_several_columns_come_as_a_matrix_and_the_truth_as_the_solution_has_it(tmp_path):
    (tmp_path / "solution.csv").write_text("id,label\n1,cat\n2,dog\n")
    (tmp_path / "prediction.csv").write_text("id,cat,dog\n1,0.9,0.1\n2,0.3,0.7\n")
    code = """
def score(truth, prediction) -> float:
    assert truth.tolist() == ["cat", "dog"]
    assert prediction.shape == (2, 2)
    return float(prediction[0, 0])
"""
    made = spec(code, header=("id", "cat", "dog"), numbers=("cat", "dog"))
    files = tmp_path / "prediction.csv", tmp_path / "solution.csv"
    assert evaluate_file(*files, made, run=run_here).public.value == 0.9


def test_what_is_shown_beside_it_stands_on_the_same_boards(files):
    folder, _ = files
    whole = pd.read_csv(folder / "solution.csv").drop(columns="Usage")
    whole.to_csv(folder / "solution.csv", index=False)
    made = spec(OURS, also=("accuracy",), labels=("0", "1", "2"), public_fraction=0.5)
    result = evaluate_file(folder / "guess.csv", folder / "solution.csv", made, run=run_here)
    assert result.public.rows == pytest.approx(N / 2, abs=3)
    assert result.public.also == {"accuracy": result.public.value}
    assert result.private.also == {"accuracy": result.private.value}


def test_without_a_way_to_run_it_nothing_is_run(files):
    folder, _ = files
    with pytest.raises(InvalidSolution, match="confined process only"):
        evaluate_file(folder / "guess.csv", folder / "solution.csv", spec(OURS))


def test_a_solution_is_checked_without_running_the_metric(files):
    folder, _ = files
    facts = check_solution(folder / "solution.csv", spec("raise SystemExit\n" + OURS), sample=None)
    assert (facts.rows, facts.public_rows, facts.private_rows) == (N, 200, 100)
    with pytest.raises(InvalidSolution, match="Did you mean “weight”"):
        check_solution(folder / "solution.csv", spec(OURS, params={"wieght": 1}), sample=None)


def test_kaggles_signature_takes_one_id_column(files):
    folder, _ = files
    made = spec(KAGGLE, header=("id", "part", "digit"), id_columns=("id", "part"))
    with pytest.raises(InvalidSolution, match="one id column; this challenge has 2"):
        check_solution(folder / "solution.csv", made, sample=None)


def test_without_pandas_the_command_that_installs_it_is_named(files, monkeypatch):
    folder, _ = files

    def missing(name: str):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("scorers.metric_files.scoring.import_module", missing)
    with pytest.raises(InvalidSolution, match=r"pip install 'varsity\[metrics\]'"):
        check_solution(folder / "solution.csv", spec(KAGGLE), sample=None)


def test_a_trial_tells_a_wrong_direction(files):
    folder, _ = files
    solution: Path = folder / "solution.csv"
    trial = try_metric(solution, spec(OURS), run_here)
    assert trial.perfect == (1.0, 1.0)
    assert max(trial.shuffled) < 1
    wrong = OURS.replace("= True", "= False")
    with pytest.raises(InvalidSolution, match="says that lower is better, but the answers"):
        try_metric(solution, spec(wrong), run_here)
    silent = KAGGLE.replace("return ", "return 1 - ")
    with pytest.raises(InvalidSolution, match=r"Write higher_is_better = False in metric\.py"):
        try_metric(solution, spec(silent), run_here)


def test_a_spec_keeps_the_code_and_older_specs_stay_what_they_were():
    made = spec(OURS)
    assert EvaluationSpec.from_json(made.to_json()) == made
    assert OURS not in repr(made)
    plain = EvaluationSpec("accuracy", ("id", "digit"))
    assert "code" not in plain.to_json()
    assert "numbers" not in plain.to_json()
    assert EvaluationSpec.from_json(plain.to_json()) == plain
