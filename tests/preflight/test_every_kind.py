"""The report on challenges of every kind of prediction, and on files that are no tables."""

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from server.preflight.budget import Budget
from server.preflight.report import Level
from tests.preflight.folders import HEAD, PHASE, checked, complaints

DOCS = (Path(__file__).parents[2] / "docs" / "formats-of-predictions.md").read_text("utf-8")
EXAMPLE = re.compile(
    r"```toml\n(?P<toml>[^`]*)```\n```csv solution\n(?P<solution>[^`]*)```\n"
    r"```csv prediction\n(?P<prediction>[^`]*)```\n"
)
EXAMPLES = [match.groupdict() for match in EXAMPLE.finditer(DOCS)]
# What is right to say of examples of a few rows, whose sample is their baseline.
TOO_SMALL = {
    "few-rows",
    "no-private",
    "no-interval",
    "detectable",
    "probing",
    "baseline-order",
    "perfect",
    "answers-served",
}
QUICK = Budget(fields=10, permutations=19)


def folder_of(example: dict[str, str], folder: Path, *, phase: str = "") -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "private").mkdir()
    for page in ("overview", "data", "rules"):
        (folder / f"{page}.md").write_text("# Words\n\nSome.\n", "utf-8")
    (folder / "data" / "sample_submission.csv").write_text(example["prediction"], "utf-8")
    (folder / "private" / "base.csv").write_text(example["prediction"], "utf-8")
    (folder / "private" / "solution.csv").write_text(example["solution"], "utf-8")
    first = example["prediction"].splitlines()[0].split(",")[0]
    given = tomllib.loads(example["toml"])
    submission = {"sample": "data/sample_submission.csv", "id_column": first}
    text = HEAD + "[submission]\n" + pairs(submission | given.get("submission", {}))
    text += "[scoring]\n" + pairs(given["scoring"])
    text += f"[[phases]]\n{PHASE}{phase}\n"
    text += '[[baselines]]\nname = "as shown"\nphase = "main"\nfile = "private/base.csv"\n'
    (folder / "challenge.toml").write_text(text, "utf-8")
    return folder


def pairs(table: dict) -> str:
    return "".join(f"{name} = {toml(value)}\n" for name, value in table.items())


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{n} = {toml(v)}" for n, v in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda e: tomllib.loads(e["toml"])["scoring"]["scorer"]
)
def test_a_challenge_of_any_kind_gets_a_report(tmp_path: Path, example: dict[str, str]) -> None:
    said = checked(folder_of(example, tmp_path / "challenge"), budget=QUICK)
    assert set(complaints(said)) <= TOO_SMALL
    assert "few-rows" in complaints(said)
    assert not [line for line in said.lines if "%(" in line.told(line.said)]


ODD = {
    "empty.csv": b"",
    "header.csv": b"id,y\n",
    "spaces.csv": b"   \n\n",
    "latin.csv": "id,y\n1,caf\xe9\n".encode("latin-1"),
    "ragged.csv": b"id,a\n1,2,3\n4\n",
    "twice.csv": b"id,id,y\n1,2,3\n",
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "words.txt": b"just words\n" * 20,
    "nulls.csv": b"id,a,y\n" + b",,\n" * 30,
    "broken.zip": b"PK\x03\x04" + bytes(60),
    "broken.parquet": b"PAR1" + bytes(40) + b"PAR1",
    "answers.jsonl": b'{"id": 1, "y": 2}\n{"id": 2}\n',
    "quotes.csv": b'id,a\n"1,2\n3,4\n',
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_is_no_table_stops_nothing(tmp_path: Path, name: str) -> None:
    rows = "".join(f"{i},{i % 2}\n" for i in range(60))
    example = {
        "toml": '[scoring]\nscorer = "accuracy"\n',
        "solution": f"id,y\n{rows}",
        "prediction": "id,y\n" + "".join(f"{i},{i // 2 % 2}\n" for i in range(60)),
    }
    folder = folder_of(example, tmp_path / "challenge", phase="public_fraction = 0.5")
    (folder / "data" / name).write_bytes(ODD[name])
    said = checked(folder, budget=QUICK)
    assert said.at(Level.NOTE)
    assert said.ok


@pytest.mark.parametrize(("k", "wrong"), [(3, {"top-k", "blind-metric"}), (2, set())])
def test_the_likeliest_k_of_k_classes_are_no_metric(
    tmp_path: Path, k: int, wrong: set[str]
) -> None:
    random = np.random.default_rng(4)
    truth = random.integers(0, 3, 90)
    said = np.round(
        0.2 * random.random((90, 3)) + 0.6 * np.eye(3)[np.where(random.random(90) < 0.6, truth, 0)],
        4,
    )
    said /= said.sum(axis=1, keepdims=True)
    rows = "".join(f"{i},{','.join(map(str, row))}\n" for i, row in enumerate(said.tolist()))
    example = {
        "toml": f'[scoring]\nscorer = "top_k_accuracy"\nparams = {{ k = {k} }}\n',
        "solution": "id,kind\n" + "".join(f"{i},{'abc'[t]}\n" for i, t in enumerate(truth)),
        "prediction": f"id,a,b,c\n{rows}",
    }
    folder = folder_of(example, tmp_path / "challenge", phase="public_fraction = 0.5")
    report = checked(folder, budget=QUICK)
    assert {line.code for line in report.at(Level.ERROR)} == wrong
    assert "perfect-sample" not in complaints(report)
