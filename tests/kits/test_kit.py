"""The starter kit: the same bytes each time, and a baseline that runs and beats the sample."""

import ast
import io
import runpy
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from scorers import evaluate_file, get_scorer
from scorers.kinds import InputKind
from server.folders.reading import read_folder
from server.kits import kit as kits
from server.kits.rules import Parts, parts_of
from server.kits.scripts import baseline_script, kind_of_prediction
from tests.cast import sign_in
from tests.challenges_data.conftest import BUILT, BUNDLED
from tests.folders.folders import NOW


@pytest.fixture
def wei(client, cast, files):
    return sign_in(client, cast.wei)


def unpacked(answer) -> dict[str, str]:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_kit_holds_data_texts_and_scripts(wei) -> None:
    held = unpacked(wei.get("/challenges/digits/starter-kit.zip"))
    assert sorted(held) == [
        "digits/.varsity.toml",
        "digits/README.md",
        "digits/baseline.py",
        "digits/data/sample_submission.csv",
        "digits/data/test.csv",
        "digits/data/train.csv",
        "digits/requirements.txt",
    ]
    said = tomllib.loads(held["digits/.varsity.toml"])
    assert said == {"server": "http://localhost", "challenge": "digits"}
    readme = held["digits/README.md"]
    assert "| A board | 2026-11-10 12:00:00 | 2026-11-30 12:00:00 | 5 | 100 |" in readme
    assert "http://localhost/challenges/digits/submit" in readme
    assert "id,digit" in readme
    assert "&#39;" not in readme


def test_it_is_the_same_bytes_each_time_and_sent_once(wei, clock) -> None:
    first = wei.get("/challenges/digits/starter-kit.zip")
    clock.forward(hours=5)
    again = wei.get("/challenges/digits/starter-kit.zip")
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    known = {"If-None-Match": first.headers["ETag"]}
    assert wei.get("/challenges/digits/starter-kit.zip", headers=known).status_code == 304
    assert wei.head("/challenges/digits/starter-kit.zip").headers["ETag"] == first.headers["ETag"]


def test_what_changes_it_changes_its_version(wei, database, cast, add_files) -> None:
    first = wei.get("/challenges/digits/starter-kit.zip").headers["ETag"]
    with database.writing() as session:
        session.merge(cast.phase_a).per_day = 7
        session.commit()
    second = wei.get("/challenges/digits/starter-kit.zip").headers["ETag"]
    add_files(**{"more.csv": "id\n1\n"})
    assert len({first, second, wei.get("/challenges/digits/starter-kit.zip").headers["ETag"]}) == 3


def test_the_organisers_own_baseline_is_given_as_it_is(wei, add_files) -> None:
    add_files(**{"baseline.py": "print('ours')\n"})
    held = unpacked(wei.get("/challenges/digits/starter-kit.zip"))
    assert held["digits/baseline.py"] == "print('ours')\n"
    assert "digits/data/baseline.py" not in held


def test_of_much_data_a_script_is_given_that_fetches_it(wei, monkeypatch) -> None:
    monkeypatch.setattr(kits, "MOST_BYTES_IN_A_KIT", 100)
    held = unpacked(wei.get("/challenges/digits/starter-kit.zip"))
    assert "digits/data/train.csv" not in held
    assert "digits/data/sample_submission.csv" in held
    script = held["digits/download.py"]
    (given,) = [
        node.value
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "FILES"
    ]
    names = {name: address for name, address, _ in ast.literal_eval(given)}
    assert names["train.csv"] == "/api/v1/challenges/digits/files/train.csv"
    assert "fetched by download.py" in held["digits/README.md"]


def test_no_name_becomes_code_or_leaves_the_folder(wei, add_files) -> None:
    add_files(**{'train");import os;os.abort()#.csv': "id\n1\n", "..csv": "id\n1\n"})
    held = unpacked(wei.get("/challenges/digits/starter-kit.zip"))
    calls = [n for n in ast.walk(ast.parse(held["digits/baseline.py"])) if isinstance(n, ast.Call)]
    assert "abort" not in {getattr(call.func, "attr", "") for call in calls}
    assert all(".." not in Path(name).parts and name.startswith("digits/") for name in held)
    odd = 'a"\n\u202e"""'
    script = baseline_script(
        slug=odd,
        parts=Parts(odd, (odd,), (odd,)),
        header=[odd, odd * 2],
        ids=[odd],
        kind=InputKind.LABELS,
        params={},
    )
    assert script.isascii()
    ast.parse(script)


@pytest.mark.parametrize(
    ("scorer", "columns", "stored", "due"),
    [
        ("f1", 1, None, InputKind.LABELS),
        ("accuracy", 3, None, InputKind.INDICATORS),
        ("roc_auc", 1, None, InputKind.PROBABILITY),
        ("log_loss", 3, None, InputKind.PROBABILITIES),
        ("rmse", 2, None, InputKind.NUMBERS),
        ("roc_auc", 1, "scores", InputKind.SCORES),
    ],
)
def test_the_kind_of_a_prediction_is_told_from_the_metric(scorer, columns, stored, due) -> None:
    found = kind_of_prediction(get_scorer(scorer), stored=stored, labels=None, columns=columns)
    assert found is due


def run_generated(folder: Path, slug: str, out: Path) -> tuple[Path, Path, object]:
    """Run the generated baseline of a built challenge; return its file, the sample and the folder."""
    made = read_folder(folder / slug, now=NOW, allow_relative_times=True)
    current = made.definition.phases[-1]
    names = [file.name for file in made.files if file.name != "baseline.py"]
    ids = made.definition.submission.id_columns
    parts = parts_of(names, header=made.header, ids=ids, columns={}, phase=current.slug)
    spec = made.spec_for(current.slug)
    scorer = get_scorer(spec.scorer, **spec.params)
    columns = len(made.header) - len(ids)
    (out / "baseline.py").write_text(
        baseline_script(
            slug=slug,
            parts=parts,
            header=made.header,
            ids=ids,
            kind=kind_of_prediction(scorer, stored=spec.kind, labels=spec.labels, columns=columns),
            params=spec.params,
        )
    )
    (out / "data").symlink_to(made.path / "data")
    runpy.run_path(str(out / "baseline.py"), run_name="__main__")
    return out / "submission.csv", made.path / "data" / parts.samples[0], made


def beats_its_sample(slug: str, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "challenges"
    shutil.copytree(BUNDLED / slug, folder / slug, ignore=BUILT)
    runpy.run_path(str(BUNDLED / slug / "prepare.py"))["build"](folder / slug)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["baseline.py"])
    sent, sample, made = run_generated(folder, slug, tmp_path)
    phase = made.definition.phases[-1]
    scores = [
        evaluate_file(path, made.solution_of(phase.slug).path, made.spec_for(phase.slug)).public
        for path in (sent, sample)
    ]
    scoring = made.definition.scoring
    scorer = get_scorer(scoring.scorer, **scoring.params)
    ours, theirs = scores[0].value, scores[1].value
    assert ours > theirs if scorer.higher_is_better else ours < theirs


def test_the_generated_baseline_runs_and_beats_the_sample(tmp_path, monkeypatch) -> None:
    beats_its_sample("breast-cancer", tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize(
    "slug", ["digits", "diabetes", "doctor-visits", "mauna-loa-co2", "travel-mode"]
)
def test_it_does_so_on_every_bundled_challenge(tmp_path, monkeypatch, slug) -> None:
    beats_its_sample(slug, tmp_path, monkeypatch)
