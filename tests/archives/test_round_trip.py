"""Deployed, exported and deployed again: nothing changes, and nothing that was said is lost."""

import shutil
import tomllib
from datetime import timedelta

from sqlmodel import select

from server.archives.definitions import definition_of
from server.archives.reading import unpacked
from server.challenges.models import ChallengeFile, Phase
from server.evaluations.models import Evaluation
from server.folders.definition import Clock, Definition
from server.folders.parsing import parse_definition
from server.folders.reading import read_folder
from server.folders.writing import toml_of
from tests.archives.conftest import names_in, text_in
from tests.cast import NOON

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
