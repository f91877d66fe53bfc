"""The participant's commands against a live server."""

import hashlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from flask import request
from sqlmodel import select

from server.accounts.tokens import create_token
from server.challenges.models import ChallengeFile, Participation
from server.cli import submitting
from server.cli.credentials import clean_url, config_path
from server.shared.storage import FileStore
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from tests.cast import NOON, PASSWORD

DATA = b"id,pixel\n" + b"".join(b"%d,%d\n" % (i, i % 17) for i in range(5_000))


@pytest.fixture
def wei(url, database, cast, varsity, monkeypatch):
    """Wei's terminal: the commands, with a token of his."""
    _use_token(database, cast.wei, url, monkeypatch)
    return varsity


@pytest.fixture
def amina(url, database, cast, varsity, monkeypatch):
    """Amina's terminal: she takes no part in anything yet."""
    _use_token(database, cast.amina, url, monkeypatch)
    return varsity


def _use_token(database, account, url, monkeypatch) -> None:
    with database.writing() as session:
        _, plain = create_token(session, account_id=account.id, name="tests", now=NOON)
        session.commit()
    monkeypatch.setenv("VARSITY_URL", url)
    monkeypatch.setenv("VARSITY_TOKEN", plain)


@pytest.fixture
def data_file(database, cast, settings) -> str:
    sha256 = hashlib.sha256(DATA).hexdigest()
    path = settings.data_dir / "train.csv"
    path.write_bytes(DATA)
    FileStore(settings.public_store).put(path, sha256)
    with database.writing() as session:
        session.add(
            ChallengeFile(
                challenge_id=cast.digits.id,
                name="train.csv",
                sha256=sha256,
                size=len(DATA),
                position=0,
            )
        )
        session.commit()
    return sha256


@pytest.fixture
def predictions(tmp_path) -> Path:
    path = tmp_path / "predictions.csv"
    path.write_text("id,digit\n1,2\n")
    return path


def test_signing_in_keeps_a_token_that_nobody_else_can_read(varsity, url, cast) -> None:
    answer = varsity("login", url, "--email", cast.lena.email, "--password", PASSWORD)
    assert answer.exit_code == 0, answer.stderr
    assert "Lena Vogt" in answer.stdout
    assert stat.S_IMODE(config_path().stat().st_mode) == 0o600
    assert varsity.json("submissions", "digits") == []


def test_signing_in_asks_for_what_is_missing(varsity, url, cast) -> None:
    answer = varsity("login", url, stdin=f"{cast.lena.email}\n{PASSWORD}\n")
    assert answer.exit_code == 0, answer.stderr
    assert PASSWORD not in answer.stdout + answer.stderr


def test_a_wrong_password_is_refused_and_nothing_is_kept(varsity, url, cast) -> None:
    answer = varsity("login", url, "--email", cast.lena.email, "--password", "wrong horse")
    assert answer.exit_code == 1
    assert "varsity login" not in answer.stderr
    assert not config_path().exists()


def test_a_kept_token_is_not_sent_to_another_server(varsity, url, cast, monkeypatch) -> None:
    varsity("login", url, "--email", cast.lena.email, "--password", PASSWORD)
    monkeypatch.setenv("VARSITY_URL", url.replace("127.0.0.1", "localhost"))
    answer = varsity("submissions", "digits")
    assert answer.exit_code == 1
    assert "varsity login" in answer.stderr


def test_the_challenges_are_listed(wei) -> None:
    assert "digits" in wei("challenges").stdout
    assert "2026-11-30" in wei("challenges").stdout
    assert [row["slug"] for row in wei.json("challenges")] == ["digits"]


def test_files_arrive_whole_and_are_not_fetched_twice(wei, data_file, tmp_path) -> None:
    answer = wei("download", "digits", "--to", "here")
    assert answer.exit_code == 0, answer.stderr
    assert (tmp_path / "here" / "train.csv").read_bytes() == DATA
    assert "there already" in wei("download", "digits", "--to", "here").stderr


def test_a_broken_download_is_resumed_where_it_broke(
    wei, data_file, tmp_path, app, monkeypatch
) -> None:
    ranges = []
    app.before_request(lambda: ranges.append(request.headers.get("Range")))
    (tmp_path / "digits").mkdir()
    part = tmp_path / "digits" / f"train.csv.{data_file[:12]}.part"
    part.write_bytes(DATA[:1_000])
    assert wei("download", "digits").exit_code == 0
    assert "bytes=1000-" in ranges
    assert (tmp_path / "digits" / "train.csv").read_bytes() == DATA
    assert not part.exists()


def test_a_download_that_was_resumed_on_other_bytes_is_refused(wei, data_file, tmp_path) -> None:
    (tmp_path / "digits").mkdir()
    part = tmp_path / "digits" / f"train.csv.{data_file[:12]}.part"
    part.write_bytes(b"x" * 1_000)
    answer = wei("download", "digits")
    assert answer.exit_code == 1
    assert "damaged" in answer.stderr
    assert not (tmp_path / "digits" / "train.csv").exists()
    assert wei("download", "digits").exit_code == 0


def test_downloading_joins_the_challenge_and_says_so(amina, database, cast, data_file) -> None:
    answer = amina("download", "digits")
    assert answer.exit_code == 0, answer.stderr
    assert "/challenges/digits/rules" in answer.stderr
    with database.reading() as session:
        assert session.get(Participation, (cast.digits.id, cast.amina.id)) is not None


def test_a_file_is_received_and_listed(wei, predictions) -> None:
    answer = wei("submit", "digits", str(predictions), "-m", "a first try")
    assert answer.exit_code == 0, answer.stderr
    rows = wei.json("submissions", "digits")
    assert [(r["filename"], r["comment"], r["state"]) for r in rows] == [
        ("predictions.csv", "a first try", "queued")
    ]


def test_somebody_without_a_team_competes_alone_and_is_told(
    amina, database, cast, predictions
) -> None:
    answer = amina("submit", "digits", str(predictions))
    assert answer.exit_code == 0, answer.stderr
    assert "you compete alone now" in answer.stderr
    with database.reading() as session:
        team = session.exec(select(Team).where(Team.captain_id == cast.amina.id)).one()
        sent = session.exec(select(Submission).where(Submission.team_id == team.id)).all()
    assert len(sent) == 1


def _end_as(monkeypatch, database, state: SubmissionState, message: str | None) -> None:
    """Let the submission come to its end while the command waits."""

    def end(_seconds: float) -> None:
        with database.writing() as session:
            for row in session.exec(select(Submission)):
                row.state, row.message, row.scored_at = state, message, NOON
                session.add(row)
            session.commit()

    monkeypatch.setattr(submitting.time, "sleep", end)


def test_waiting_for_a_rejected_file_prints_its_faults_and_fails(
    wei, predictions, database, monkeypatch
) -> None:
    message = "Line 2: the label “7” is not known."
    _end_as(monkeypatch, database, SubmissionState.REJECTED, message)
    answer = wei("submit", "digits", str(predictions), "--wait")
    assert answer.exit_code == 1
    assert message in answer.stderr


def test_a_closed_challenge_is_refused_with_the_servers_words(wei, predictions, clock) -> None:
    clock.moment = NOON - timedelta(days=15)
    answer = wei("submit", "digits", str(predictions))
    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: ")
    assert len(answer.stderr) > len("Error: \n")


def test_an_unknown_challenge_is_refused(wei, predictions) -> None:
    for arguments in (("leaderboard", "nope"), ("submit", "nope", str(predictions))):
        answer = wei(*arguments)
        assert answer.exit_code == 1
        assert "nope" in answer.stderr


def test_an_empty_board_is_shown(wei) -> None:
    assert wei("leaderboard", "digits").exit_code == 0
    assert wei.json("leaderboard", "digits")["rows"] == []


def test_a_missing_file_is_a_mistake_of_usage(wei) -> None:
    assert wei("submit", "digits", "nowhere.csv").exit_code == 2


def test_a_server_that_is_not_there_is_said(varsity, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_URL", "http://127.0.0.1:1")
    answer = varsity("challenges")
    assert answer.exit_code == 1
    assert "can't be reached" in answer.stderr


def test_without_a_server_the_remedy_is_said(varsity) -> None:
    answer = varsity("challenges")
    assert answer.exit_code == 1
    assert "varsity login URL" in answer.stderr


def test_a_page_of_another_site_is_not_taken_for_an_answer(varsity, url, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_URL", f"{url}/static")
    answer = varsity("challenges")
    assert answer.exit_code == 1
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://varsity.example/", "https://varsity.example"),
        ("varsity.example", "https://varsity.example"),
        ("http://127.0.0.1:8000/api/v1", "http://127.0.0.1:8000"),
    ],
)
def test_addresses_are_read_as_people_write_them(typed, meant) -> None:
    assert clean_url(typed) == meant
