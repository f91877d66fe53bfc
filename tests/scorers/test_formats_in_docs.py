"""The examples of docs/formats-of-predictions.md are scored as they stand."""

import re
import tomllib
from pathlib import Path

import pytest

from scorers import EvaluationSpec, check_solution, evaluate_file

DOCS = (Path(__file__).parents[2] / "docs" / "formats-of-predictions.md").read_text(
    encoding="utf-8"
)
EXAMPLE = re.compile(
    r"```toml\n(?P<toml>[^`]*)```\n```csv solution\n(?P<solution>[^`]*)```\n"
    r"```csv prediction\n(?P<prediction>[^`]*)```\n```scores\n(?P<scores>[^`]*)```"
)
EXAMPLES = [match.groupdict() for match in EXAMPLE.finditer(DOCS)]


def _spec(settings: dict, header: list[str]) -> EvaluationSpec:
    scoring = settings["scoring"]
    ids = settings.get("submission", {}).get("id_column", header[0])
    return EvaluationSpec(
        scorer=scoring["scorer"],
        params=scoring.get("params", {}),
        also=tuple(scoring.get("also", ())),
        header=tuple(header),
        id_columns=tuple(ids) if isinstance(ids, list) else (ids,),
        replicates=10,
    )


def test_no_example_is_overlooked():
    assert len(EXAMPLES) == DOCS.count("```csv solution") == DOCS.count("```scores") > 7


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda e: tomllib.loads(e["toml"])["scoring"]["scorer"]
)
def test_the_scores_in_the_docs_are_those_of_the_files_beside_them(tmp_path, example):
    for name in ("solution", "prediction"):
        (tmp_path / f"{name}.csv").write_text(example[name], encoding="utf-8")
    header = example["prediction"].splitlines()[0].split(",")
    spec = _spec(tomllib.loads(example["toml"]), header)
    solution, prediction = tmp_path / "solution.csv", tmp_path / "prediction.csv"
    check_solution(solution, spec, sample=prediction)
    board = evaluate_file(prediction, solution, spec).public
    told = tomllib.loads(example["scores"])
    assert {spec.scorer: board.value, **board.also} == pytest.approx(told, abs=1e-6)
