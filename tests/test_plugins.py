"""The worked examples of docs/plugins.md are taken from it and run."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.metrics import f1_score

from server.cli.main import cli
from server.folders.scaffold import new_challenge
from tests.cast import NOON

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOML = re.compile(r"^```toml\n(\[scoring\]\n.*?)^```", re.MULTILINE | re.DOTALL)
SCORING = re.compile(r"^\[scoring\]\n.*?(?=^\[)", re.MULTILINE | re.DOTALL)
TEXT = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(BLOCK.findall(TEXT))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A challenge folder as `varsity new` makes it, and little time for resamples."""
    monkeypatch.setattr("server.evaluations.metrics._MOST_REPLICATE_SECONDS", 2.0)
    monkeypatch.chdir(tmp_path)
    new_challenge("wine", now=NOON)
    return tmp_path / "wine"


def with_metric(folder: Path, source: str, scoring: str) -> Path:
    (folder / "metric.py").write_text(source)
    definition = folder / "challenge.toml"
    changed, count = SCORING.subn(f"{scoring}\n", definition.read_text())
    assert count == 1
    definition.write_text(changed)
    return folder


def varsity(*words: str | Path) -> dict:
    ended = CliRunner().invoke(cli, [*map(str, words), "--json"])
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def both(folder: Path) -> pd.DataFrame:
    truth = pd.read_csv(folder / "private" / "solution.csv")
    said = pd.read_csv(folder / "private" / "baseline_logistic.csv")
    return truth.merge(said, on="id", suffixes=("", "_said"))


def whole(result: dict) -> float:
    """The mean over all rows of a metric that is a mean over rows."""
    boards = result["public"], result["private"]
    return sum(b["value"] * b["rows"] for b in boards) / sum(b["rows"] for b in boards)


def test_the_metric_of_our_signature_is_checked_and_scores(folder):
    (scoring,) = TOML.findall(TEXT)
    with_metric(folder, FILES["metric.py"], scoring)
    assert varsity("check", folder)["ok"]
    result = varsity("score", folder, folder / "private" / "baseline_logistic.csv")
    rows = both(folder)
    wrong = rows["cultivar"] != rows["cultivar_said"]
    dear = (rows[["cultivar", "cultivar_said"]] == "class_2").any(axis=1)
    assert whole(result) == pytest.approx((wrong * dear.map({True: 3.0, False: 1.0})).mean())
    assert "resamples" in result["public"]["method"]
    assert 0 < result["public"]["also"]["accuracy"] < 1


def test_the_metric_of_kaggles_signature_is_checked_and_scores(folder):
    with_metric(folder, FILES["kaggle/metric.py"], '[scoring]\nscorer = "metric.py"\n')
    definition = folder / "challenge.toml"
    definition.write_text(definition.read_text().replace("public_fraction", "# public_fraction"))
    assert varsity("check", folder)["ok"]
    result = varsity("score", folder, folder / "private" / "baseline_logistic.csv")
    rows = both(folder)
    expected = f1_score(rows["cultivar"], rows["cultivar_said"], average="macro")
    assert result["public"]["value"] == expected
    assert result["private"] is None


def test_a_metric_that_fails_on_the_answers_is_not_deployed(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("VARSITY_DATA_DIR", str(tmp_path / "instance"))
    broken = FILES["metric.py"].replace("float(np", "float(1 / 0 * np")
    with_metric(folder, broken, '[scoring]\nscorer = "metric.py"\n')
    ended = CliRunner().invoke(cli, ["deploy", str(folder)])
    assert ended.exit_code == 1
    assert 'File "metric.py", line 12, in score' in ended.output
    (folder / "metric.py").write_text(FILES["metric.py"])
    ended = CliRunner().invoke(cli, ["deploy", str(folder)])
    assert ended.exit_code == 0, ended.output
    assert "metric.py (" in ended.output


def test_a_package_is_found_by_its_entry_point_and_scores(tmp_path):
    site = installed(tmp_path)
    script = (
        "from scorers import SCORERS, get_scorer\n"
        "assert 'within_tolerance' in SCORERS and 'accuracy' in SCORERS\n"
        "scorer = get_scorer('within_tolerance', tolerance=0.5)\n"
        "result = scorer.evaluate([1.0, 2.0, 3.0] * 20, [1.2, 2.0, 4.0] * 20, seed=1)\n"
        "print(result.value, result.interval[0] < result.value < result.interval[1])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == f"{2 / 3} True\n"


def installed(where: Path) -> Path:
    """The package as an installer leaves it: its module, and what its project says of it."""
    project = tomllib.loads(FILES["package/pyproject.toml"])["project"]
    site = where / "site"
    about = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir(parents=True)
    (site / "varsity_tolerance.py").write_text(FILES["package/varsity_tolerance.py"])
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (about / "METADATA").write_text(head)
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {where}" for name, where in entries.items())]
    (about / "entry_points.txt").write_text("\n".join(lines))
    return site


def test_every_example_is_run_here():
    assert set(FILES) == {
        "metric.py",
        "kaggle/metric.py",
        "package/pyproject.toml",
        "package/varsity_tolerance.py",
    }
