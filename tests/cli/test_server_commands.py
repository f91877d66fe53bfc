"""The server-side commands against an instance that they make themselves."""

import json
import shutil
import stat
from pathlib import Path

import pytest

from server.accounts.queries import account_by_email
from server.cli.instance import opened
from server.cli.serving import prepare_web
from server.submissions.models import Submission
from tests.cast import PASSWORD


def _account(email: str):
    with opened() as instance, instance.database.reading() as session:
        return account_by_email(session, email)


def test_an_account_is_confirmed_and_gets_a_password_that_is_printed_once(varsity) -> None:
    answer = varsity("account", "create", "ada@mail.example", "--name", "Ada", "--admin")
    assert answer.exit_code == 0
    assert "Password: " in answer.stdout
    row = _account("ada@mail.example")
    assert row.is_admin
    assert row.confirmed_at is not None
    assert row.password_hash.startswith("$argon2id$")


def test_the_token_is_alone_on_standard_output(varsity) -> None:
    arguments = ("account", "create", "wei@mail.example", "--name", "王伟", "--token")
    answer = varsity(*arguments, "--password", PASSWORD)
    token = answer.stdout.strip()
    assert token.startswith("var_")
    assert answer.stdout == f"{token}\n"
    assert answer.stderr == ""


def test_a_password_may_come_from_standard_input(varsity) -> None:
    arguments = ("account", "create", "wei@mail.example", "--name", "Wei", "--password", "-")
    answer = varsity(*arguments, stdin=f"{PASSWORD}\n")
    assert answer.exit_code == 0
    assert PASSWORD not in answer.stdout


def test_an_account_that_exists_is_refused_with_its_address(varsity) -> None:
    arguments = ("account", "create", "wei@mail.example", "--name", "Wei", "--password", PASSWORD)
    varsity(*arguments)
    answer = varsity(*arguments)
    assert answer.exit_code == 1
    assert "wei@mail.example" in answer.stderr
    assert answer.stdout == ""


def test_an_account_belongs_to_the_university_that_is_named(varsity) -> None:
    made = varsity.json(
        "university", "create", "oslo", "--name", "University of Oslo", "--domain", "uio.example"
    )
    assert made["domains"] == ["uio.example"]
    account = varsity.json(
        "account", "create", "ola@mail.example", "--name", "Ola", "--university", "oslo"
    )
    assert account["university"] == "oslo"
    assert _account("ola@mail.example").university_id == made["id"]


def test_what_a_room_refuses_is_said_without_a_trace(varsity) -> None:
    varsity("university", "create", "oslo", "--name", "University of Oslo")
    again = varsity("university", "create", "oslo", "--name", "Another")
    nowhere = varsity(
        "account", "create", "a@mail.example", "--name", "A", "--university", "nowhere"
    )
    bad = varsity("account", "create", "not-an-address", "--name", "A")
    for answer in (again, nowhere, bad):
        assert answer.exit_code == 1
        assert answer.stderr.startswith("Error: ")
        assert "Traceback" not in answer.stderr


def test_a_name_is_needed(varsity) -> None:
    assert varsity("account", "create", "a@mail.example").exit_code == 2


def test_a_backup_into_a_folder_that_is_not_there_names_it(varsity, tmp_path) -> None:
    answer = varsity("backup", str(tmp_path / "disk" / "b.tar.gz"))
    assert answer.exit_code == 1
    assert f"There is no folder {tmp_path / 'disk'}. Make it first" in answer.stderr


def test_a_wrong_setting_is_named(varsity, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_WORKERS", "many")
    monkeypatch.setenv("VARSITY_REPLICATES", "7")
    answer = varsity("backup", "backup.tar.gz")
    assert answer.exit_code == 1
    assert "VARSITY_WORKERS" in answer.stderr
    assert "VARSITY_REPLICATES" in answer.stderr


def test_a_weak_secret_is_refused(varsity, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_SECRET_KEY", "changeme")
    answer = varsity("backup", "backup.tar.gz")
    assert answer.exit_code == 1
    assert "VARSITY_SECRET_KEY" in answer.stderr


def test_a_database_that_is_out_of_reach_is_said(varsity, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    answer = varsity("backup", "backup.tar.gz")
    assert answer.exit_code == 1
    assert "The database can't be opened" in answer.stderr


@pytest.fixture
def folder(varsity, tmp_path) -> Path:
    assert varsity("new", "wines").exit_code == 0
    return tmp_path / "wines"


def test_a_new_folder_passes_the_check_and_is_not_made_twice(varsity, folder) -> None:
    answer = varsity("check", str(folder))
    assert answer.exit_code == 0, answer.stderr
    again = varsity("new", "wines")
    assert again.exit_code == 1
    assert "exists already" in again.stderr


def test_every_mistake_of_a_folder_is_said_with_its_line(varsity, folder) -> None:
    definition = folder / "challenge.toml"
    definition.write_text(definition.read_text().replace("per_day", "per_dya"))
    answer = varsity("check", str(folder))
    assert answer.exit_code == 1
    assert "challenge.toml, line" in answer.stderr
    assert "per_day" in answer.stderr


def test_a_file_is_scored_without_a_server(varsity, folder) -> None:
    found = varsity.json("score", str(folder), str(folder / "data" / "sample_submission.csv"))
    assert 0 <= found["public"]["value"] <= 1
    assert found["public"]["rows"] > 0
    low, high = found["public"]["interval"]
    assert low <= found["public"]["value"] <= high


def test_a_wrong_file_is_refused_with_its_faults(varsity, folder, tmp_path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("id,cultivar\n1,class_9\n")
    answer = varsity("score", str(folder), str(wrong))
    assert answer.exit_code == 1
    assert "would be rejected" in answer.stderr
    said = json.loads(varsity("score", str(folder), str(wrong), "--json").stdout)
    assert said["state"] == "rejected"
    assert said["fault_count"] >= len(said["faults"]) > 0
    assert "class_9" in [fault["value"] for fault in said["faults"]]


def test_a_folder_is_deployed_and_a_second_time_changes_nothing(varsity, folder) -> None:
    varsity("account", "create", "olga@mail.example", "--name", "Olga", "--token")
    first = varsity.json("deploy", str(folder), "--organiser", "olga@mail.example")
    assert first["created"]
    assert first["changes"]
    assert "nothing to change" in varsity("deploy", str(folder)).stdout


def test_a_deployed_baseline_waits_for_the_worker(varsity, folder) -> None:
    varsity("deploy", str(folder))
    with opened() as instance, instance.database.reading() as session:
        rows = session.query(Submission).all()
    assert rows
    assert {row.state.value for row in rows} == {"queued"}


def test_relative_times_count_from_the_first_deployment(varsity, folder) -> None:
    definition = folder / "challenge.toml"
    lines = definition.read_text().splitlines()
    lines = ['starts = "-3d"' if line.startswith("starts = ") else line for line in lines]
    definition.write_text("\n".join(lines))
    assert varsity("deploy", str(folder)).exit_code == 0
    assert "nothing to change" in varsity("deploy", str(folder)).stdout


def test_an_unknown_organiser_is_refused_and_nothing_is_deployed(varsity, folder) -> None:
    answer = varsity("deploy", str(folder), "--organiser", "nobody@mail.example")
    assert answer.exit_code == 1
    assert "nobody@mail.example" in answer.stderr
    assert varsity.json("deploy", str(folder))["created"]


def test_an_instance_is_backed_up_and_restored(varsity, tmp_path) -> None:
    varsity("account", "create", "ada@mail.example", "--name", "Ada", "--admin")
    file = tmp_path / "backup.tar.gz"
    written = varsity.json("backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    elsewhere = ("--data", str(tmp_path / "other"))
    restored = varsity.json("restore", str(file), *elsewhere)
    assert {k: v for k, v in written.items() if k != "file"} == {
        k: v for k, v in restored.items() if k != "file"
    }
    assert _account("ada@mail.example").is_admin
    again = varsity("restore", str(file), *elsewhere)
    assert again.exit_code == 1
    assert "not empty" in again.stderr


def test_a_restore_says_that_the_key_of_receipts_is_not_in_a_backup(varsity, tmp_path) -> None:
    settings = prepare_web()
    file, old = tmp_path / "backup.tar.gz", settings.data_dir / "receipt_key.pem"
    varsity("backup", str(file))
    without = varsity("restore", str(file), "--data", str(tmp_path / "without"))
    assert without.exit_code == 0
    assert "The key that signed this instance's receipts" in without.stderr
    (tmp_path / "with").mkdir()
    shutil.copy(old, tmp_path / "with")
    assert not varsity("restore", str(file), "--data", str(tmp_path / "with")).stderr


def test_a_file_in_a_folder_that_is_not_there_is_said(varsity, tmp_path) -> None:
    answer = varsity("backup", str(tmp_path / "nowhere" / "backup.tar.gz"))
    assert answer.exit_code == 1
    assert "Traceback" not in answer.stderr


def test_the_api_document_is_printed_without_an_instance(varsity, tmp_path) -> None:
    document = json.loads(varsity("openapi").stdout)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/challenges/{slug}/submissions" in document["paths"]
    assert not (tmp_path / "data").exists()
