"""`varsity audit`: exit codes, words and JSON, against an instance of the test's own."""

import json

import pytest

from server.audit.actions import seal_events
from server.cli.instance import opened
from server.shared.database import Database
from server.shared.settings import Settings
from tests.audit.chains import LATER, happen, tamper


@pytest.fixture
def chain(varsity) -> Database:
    """The instance's database, with two blocks of two events and of one."""
    with opened():
        pass
    database = Database(Settings().database)
    for count in (2, 1):
        happen(database, count)
        seal_events(database, now=LATER)
    yield database
    database.dispose()


def test_an_empty_log_is_said_to_be_empty(varsity) -> None:
    answer = varsity("audit", "verify")
    assert (answer.exit_code, answer.stdout) == (0, "Nothing is sealed yet.\n")
    head = varsity("audit", "head")
    assert (head.exit_code, head.stdout) == (1, "")
    assert "Nothing is sealed yet" in head.stderr


def test_a_log_that_fits_is_confirmed_with_its_head(varsity, chain) -> None:
    head = varsity.json("audit", "head")
    assert (head["number"], head["sealed_at"]) == (2, "2026-11-20T12:01:00.000000Z")
    answer = varsity("audit", "verify", "--head", head["hash"].upper())
    assert answer.exit_code == 0
    assert "2 blocks, 3 events" in answer.stdout
    assert f"Part of the chain: {head['hash']} block 2" in answer.stdout
    assert varsity("audit", "head").stdout.startswith(head["hash"])


def test_a_head_is_still_part_of_the_chain_when_it_went_on(varsity, chain) -> None:
    kept = varsity.json("audit", "head")
    happen(chain, 1)
    seal_events(chain, now=LATER)
    found = varsity.json("audit", "verify", "--head", kept["hash"])
    assert found["ok"]
    assert found["head"]["number"] == 3
    assert found["part_of_the_chain"] == [kept]


def test_a_log_that_was_changed_is_refused_with_each_fault(varsity, chain) -> None:
    tamper(chain, "UPDATE event SET kind = 'x' WHERE id = 1")
    tamper(chain, "DELETE FROM event WHERE id = 3")
    answer = varsity("audit", "verify")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [
        "Event 1 was changed after block 1 sealed it.",
        "Event 3, sealed in block 2, is missing.",
    ]
    assert "2 things do not fit" in answer.stderr
    as_json = varsity("audit", "verify", "--json")
    assert as_json.exit_code == 1
    found = json.loads(as_json.stdout)
    assert (found["ok"], found["fault_count"]) == (False, 2)
    assert found["faults"][1] == {
        "kind": "missing event",
        "message": "Event 3, sealed in block 2, is missing.",
        "block": 2,
        "event": 3,
    }


def test_very_many_faults_are_counted(varsity, chain, monkeypatch) -> None:
    monkeypatch.setattr("server.cli.audit.FAULTS_SHOWN", 2)
    tamper(chain, "DELETE FROM event")
    answer = varsity("audit", "verify")
    assert len(answer.stdout.splitlines()) == 2
    assert "3 things do not fit (the first 2 are listed)" in answer.stderr


def test_an_unknown_head_is_refused_and_one_that_is_none_is_a_usage_error(varsity, chain) -> None:
    unknown = varsity("audit", "verify", "--head", "0" * 64)
    assert unknown.exit_code == 1
    assert "No block has the hash" in unknown.stdout
    assert varsity("audit", "verify", "--head", "abc").exit_code == 2


def test_a_restored_instance_has_the_same_chain(varsity, chain, tmp_path) -> None:
    kept = varsity.json("audit", "head")["hash"]
    varsity("backup", str(tmp_path / "b.tar.gz"))
    elsewhere = ("--data", str(tmp_path / "other"))
    assert varsity("restore", str(tmp_path / "b.tar.gz"), *elsewhere).exit_code == 0
    found = varsity.json("audit", "verify", "--head", kept, *elsewhere)
    assert (found["blocks"], found["events"], found["head"]["hash"]) == (2, 3, kept)
