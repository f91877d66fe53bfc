"""Deployed, exported and deployed again: nothing changes, and nothing that was said is lost."""

import shutil
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from server.archives.definitions import definition_of
from server.archives.reading import unpacked
from server.challenges.models import ChallengeFile, Phase
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.folders.definition import Definition
from server.folders.parsing import parse_definition
from server.folders.reading import read_folder, score_file
from server.folders.times import Clock
from server.folders.writing import toml_of
from tests.archives.conftest import names_in, text_in
from tests.cast import NOON
from tests.deployments.deploying import send
from tests.evaluations.standing import sides_in

# What a challenge of this kind does not say.
SILENT = {"pages"}


def as_definition(document) -> Definition:
    read, _, problems = parse_definition(document, Clock(NOON))
    assert not list(problems)
    assert read is not None
    return read


def test_the_definition_of_a_live_challenge_is_the_one_it_was_deployed_from(folder, wines, session):
    said = read_folder(folder, now=NOON).definition
    written = as_definition(tomllib.loads(toml_of(definition_of(session, wines))))
    # Which tabs there are is always said.
    assert written.model_dump() == {**said.model_dump(), "pages": ["overview", "data", "rules"]}


def test_every_key_that_can_be_said_is_said_here(folder):
    """Else the test above would not see one that an archive loses."""
    said = read_folder(folder, now=NOON).definition
    silent = {name for name in Definition.model_fields if not getattr(said, name)}
    assert silent <= SILENT


def test_what_was_deployed_before_definitions_were_kept_changes_nothing_either(
    folder, wines, session, pack, put
):
    wines.definition = None
    session.add(wines)
    session.commit()
    with unpacked(pack(wines, whole=True)) as found:
        assert put(found) == []


def test_a_whole_archive_changes_nothing_where_it_comes_from(wines, pack, put):
    with unpacked(pack(wines, whole=True)) as found:
        assert found.name == "wines"
        assert put(found) == []


def test_a_whole_archive_makes_the_same_challenge_elsewhere(wines, pack, put, session, tmp_path):
    with unpacked(pack(wines, whole=True)) as found:
        elsewhere = shutil.copytree(found, tmp_path / "wines-elsewhere")
    put(elsewhere)
    before = session.exec(select(ChallengeFile).where(ChallengeFile.challenge_id == wines.id)).all()
    after = session.exec(select(ChallengeFile).where(ChallengeFile.challenge_id != wines.id)).all()
    told = [
        [(f.name, f.sha256, f.position, f.description) for f in each] for each in (before, after)
    ]
    assert told[0] == told[1]
    assert ("baseline.py") in [name for name, *_ in told[0]]


def test_a_deadline_moved_by_hand_is_in_the_archive(wines, session):
    from_phases = definition_of(session, wines)["phases"][0]
    row = session.exec(select(Phase).where(Phase.challenge_id == wines.id)).one()
    row.ends += timedelta(days=2)
    session.add(row)
    session.flush()
    moved = definition_of(session, wines)["phases"][0]
    assert moved["ends"] == f"{row.ends:%Y-%m-%dT%H:%M:%SZ}" != from_phases["ends"]


def test_a_corrected_solution_keeps_its_split_when_it_is_deployed_again(wines, pack, put, session):
    evaluation = session.exec(select(Evaluation)).one()
    evaluation.spec = {**evaluation.spec, "split_seed": 7, "replicate_seed": 8}
    evaluation.number = 2
    session.add(evaluation)
    session.commit()
    archive = pack(wines, whole=True)
    assert "was corrected while it ran" in text_in(archive, "wines/README.txt")
    with unpacked(archive) as found:
        assert put(found) == []


def test_an_archive_without_the_answers_has_none_and_says_so(wines, pack, stores, session):
    archive = pack(wines)
    names, readme = names_in(archive), text_in(archive, "wines/README.txt")
    solution = session.exec(select(Evaluation)).one().solution_sha256
    hidden = stores.hidden_files.open(solution).read()
    assert "wines/private/solution.csv" not in names
    assert "private/solution.csv" in readme
    assert "varsity export wines FILE.zip --with-solution" in readme
    assert all(hidden not in text_in(archive, name).encode() for name in names if "png" not in name)
    with_it = pack(wines, whole=True)
    assert text_in(with_it, "wines/private/solution.csv").encode() == hidden
    assert "keep it to yourself" in text_in(with_it, "wines/README.txt")


@pytest.fixture
def corrected(wines, folder, put, session, cast, stores) -> Evaluation:
    """A label and a row of the truth were corrected while the challenge ran."""
    first = session.exec(select(Evaluation)).one()
    send(session, cast)
    solution = folder / "private" / "solution.csv"
    lines = solution.read_text().replace(",class_2", ",class_1", 1).splitlines()
    solution.write_text("\n".join([*lines[:1], *reversed(lines[1:])]) + "\n")
    put(folder, new_evaluation=True)
    second = session.exec(select(Evaluation).where(Evaluation.number == 2)).one()
    assert sides_in(stores, second) == sides_in(stores, first)
    first.state = EvaluationState.PAST
    session.add(first)
    session.flush()
    second.state = EvaluationState.LIVE
    session.add(second)
    session.commit()
    return second


def test_a_whole_archive_of_a_corrected_truth_keeps_every_row_where_it_is(
    corrected, wines, pack, put, session, stores, tmp_path
):
    archive = pack(wines, whole=True)
    assert "each stays on its board" in text_in(archive, "wines/README.txt")
    with unpacked(archive) as found:
        assert put(found) == []
        elsewhere = shutil.copytree(found, tmp_path / "wines-elsewhere")
    put(elsewhere)
    there = session.exec(select(Evaluation).order_by(col(Evaluation.id).desc())).first()
    assert (there.number, there.solution_sha256) == (1, corrected.solution_sha256)
    assert sides_in(stores, there) == sides_in(stores, corrected)
    assert put(elsewhere) == []
    # Without a server it is scored on the same rows.
    offline = score_file(elsewhere, elsewhere / "data" / "sample_submission.csv").result
    assert (offline.public.rows, offline.private.rows) == (there.rows_public, there.rows_private)


def test_an_archive_without_the_answers_does_not_say_which_rows_are_public(corrected, wines, pack):
    archive = pack(wines)
    assert not [name for name in names_in(archive) if "usage" in name]
    assert "usage" not in text_in(archive, "wines/challenge.toml")
    assert "on another they are drawn anew" in text_in(archive, "wines/README.txt")


def test_a_table_of_the_folders_own_has_the_last_word(
    corrected, wines, pack, put, session, stores, tmp_path
):
    with unpacked(pack(wines, whole=True)) as found:
        folder = Path(shutil.copytree(found, tmp_path / "again" / "wines"))
    table = folder / "private" / "usage_main.csv"
    moved, public = table.read_text().split("\n")[1].split(",")
    other = {"Public": "Private", "Private": "Public"}[public]
    table.write_text(f"id,Usage\n{moved},{other}\n")
    put(folder, new_evaluation=True)
    third = session.exec(select(Evaluation).where(Evaluation.number == 3)).one()
    assert sides_in(stores, third) == sides_in(stores, corrected) | {moved: other}
