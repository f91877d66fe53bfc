"""`varsity receipt verify`: offline with saved keys, or asking a server for them."""

import hashlib
import json
from pathlib import Path

import pytest

from server.cli.instance import opened
from server.cli.serving import prepare_web
from server.receipts.actions import signed_receipt
from server.receipts.keys import key_id, own_key
from server.receipts.listing import list_own_key
from server.receipts.queries import listed_keys
from tests.boards.scored import evaluate, scored
from tests.cast import NOON

PREDICTIONS = b"id,digit\n1,0\n"


@pytest.fixture
def paper(session, cast, settings, tmp_path) -> Path:
    """A folder with a receipt, the server's keys, and the predictions that were sent."""
    list_own_key(session, settings, now=NOON)
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    row = scored(session, phase, session.merge(cast.pandas), 0.75, 0.5, by=cast.wei)
    row.sha256, row.size = hashlib.sha256(PREDICTIONS).hexdigest(), len(PREDICTIONS)
    session.commit()
    made = signed_receipt(session, settings, row.id, now=NOON)
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "receipt.json").write_text(made.model_dump_json(indent=2))
    keys = listed_keys(session, issuer=settings.base_url)
    (folder / "keys.json").write_text(keys.model_dump_json())
    (folder / "predictions.csv").write_bytes(PREDICTIONS)
    return folder


def arguments(paper: Path, *names: str) -> list[str]:
    """Return what to say; a name with an option before it is a file of the folder."""
    options = [x for n in names for x in (f"--{n}", str(paper / FILES[n]))]
    return ["receipt", "verify", str(paper / "receipt.json"), *options]


FILES = {"keys": "keys.json", "file": "predictions.csv"}


def test_what_a_receipt_confirms_is_said_in_words(varsity, paper) -> None:
    answer = varsity(*arguments(paper, "keys", "file"))
    assert answer.exit_code == 0, answer.stderr
    for words in (
        "Confirmed: http://localhost signed this on 2026-11-20T12:00:00.000000Z",
        "predictions.csv, 13 bytes",
        hashlib.sha256(PREDICTIONS).hexdigest(),
        "2026-11-20T11:00:00.000000Z",
        "team 1, “Giant Pandas”",
        "digits, phase a",
        "is that very file",
        "scored, 2026-11-20T11:00:00.000000Z, by evaluation 1 (accuracy 1)",
        "public     0.75, 95 % interval 0.73 to 0.77",
    ):
        assert words in answer.stdout
    assert "private" not in answer.stdout


def test_the_answer_as_json_holds_the_receipt(varsity, paper) -> None:
    found = varsity.json(*arguments(paper, "keys"))
    assert (found["ok"], found["file_matches"]) == (True, None)
    assert found["receipt"] == json.loads((paper / "receipt.json").read_text())["receipt"]
    assert varsity.json(*arguments(paper, "keys", "file"))["file_matches"] is True


def test_a_changed_receipt_is_refused(varsity, paper) -> None:
    path = paper / "receipt.json"
    path.write_text(path.read_text().replace("0.75", "0.76"))
    answer = varsity(*arguments(paper, "keys"))
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "Nothing is confirmed by" in answer.stderr
    assert "The signature does not fit" in answer.stderr
    as_json = varsity(*arguments(paper, "keys"), "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["ok"] is False


def test_another_file_is_refused(varsity, paper) -> None:
    (paper / "predictions.csv").write_bytes(PREDICTIONS + b"2,1\n")
    answer = varsity(*arguments(paper, "keys", "file"))
    assert answer.exit_code == 1
    assert "is genuine. The file is not the one that was received" in answer.stderr


def test_one_has_to_say_whose_keys(varsity, paper) -> None:
    neither = varsity(*arguments(paper))
    both = varsity(*arguments(paper, "keys"), "--url", "http://localhost")
    assert (neither.exit_code, both.exit_code) == (2, 2)
    assert "Say whose keys" in neither.stderr
    assert varsity("receipt", "verify", "nowhere.json", "--url", "x").exit_code == 2


def test_a_web_server_with_an_unusable_key_is_not_begun(varsity, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_RECEIPT_KEY", "no key at all")
    answer = varsity("web")
    assert answer.exit_code == 1
    assert "Receipts can't be signed: VARSITY_RECEIPT_KEY is no Ed25519" in answer.stderr
    assert "no key at all" not in answer.stderr


def test_a_web_server_lists_its_key_before_it_begins(varsity, monkeypatch) -> None:
    monkeypatch.setattr("server.cli.serving.configure_logs", lambda **_: None)
    prepare_web()
    with opened() as instance, instance.database.reading() as session:
        listed = listed_keys(session, issuer="").keys
        assert [key.kid for key in listed] == [key_id(own_key(instance.settings).public_key())]


def test_the_keys_may_be_asked_of_a_server(varsity, paper, url) -> None:
    answer = varsity(*arguments(paper), "--url", f"{url}/")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.startswith("Confirmed")


def test_a_server_that_has_no_keys_confirms_nothing(varsity, paper, url) -> None:
    other = varsity(*arguments(paper), "--url", f"{url}/challenges")
    assert other.exit_code == 1
    assert "status 404" in other.stderr
    gone = varsity(*arguments(paper), "--url", "http://127.0.0.1:1")
    assert gone.exit_code == 1
    assert "can't be reached" in gone.stderr
