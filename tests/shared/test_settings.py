"""Settings: what must not be used is refused before anything is served."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.shared.settings import SHORTEST_SECRET, WEAK_SECRETS, InsecureSettings, Settings

GOOD = "k" * SHORTEST_SECRET


def made(folder: Path, **values) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", **values)


@pytest.mark.parametrize("secret", [*sorted(WEAK_SECRETS), "CHANGEME", "k" * (SHORTEST_SECRET - 1)])
def test_a_weak_secret_is_refused_with_its_remedy_outside_a_demonstration(tmp_path, secret):
    with pytest.raises(InsecureSettings, match="token_urlsafe") as refused:
        made(tmp_path, secret_key=secret).require_secret()
    assert f"at least {SHORTEST_SECRET} characters" in str(refused.value)
    assert f"'{secret}'" not in str(refused.value)
    assert made(tmp_path, secret_key=secret, demo=True).require_secret() == secret


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("mail_url", "foo://x", "smtps://user:password@host:465"),
        ("mail_url", "mail.example.edu", "smtp://"),
        ("database_url", "mysql://x", "postgresql+psycopg://user:password@host/name"),
        ("queue_url", "amqp://x", "redis://host:6379/0"),
        ("files_url", "ftp://x", "a folder, or s3://bucket/prefix"),
        ("hidden_url", "s3:/bucket", "a folder, or s3://bucket/prefix"),
        ("base_url", "varsity.example.edu", "https://varsity.example.edu"),
        ("base_url", "https://", "https://varsity.example.edu"),
        ("rate_limit_uploads", "often", "30 per minute"),
        ("log_level", "loud", "'warning'"),
        ("log_format", "xml", "'text'"),
    ],
)
def test_a_value_that_nothing_can_be_done_with_is_refused_with_what_may_stand_there(
    tmp_path, name, value, remedy
):
    with pytest.raises(ValidationError) as refused:
        made(tmp_path, **{name: value})
    (fault,) = refused.value.errors()
    assert fault["loc"] == (name,)
    assert remedy in fault["msg"]


def test_what_may_stand_there_is_taken(tmp_path):
    for name, value in (
        ("mail_url", "smtp://varsity:p%40ss@mail.example.edu:587?starttls=1"),
        ("database_url", "postgresql+psycopg://varsity@/varsity?host=/run/postgresql"),
        ("queue_url", "rediss://cache.example.edu:6379/1"),
        ("files_url", "s3://varsity/public"),
        ("hidden_url", "/srv/hidden"),
        ("hidden_url", "hidden"),
        ("base_url", "http://localhost:8000"),
        ("rate_limit_sign_in", "5/minute;20/hour"),
    ):
        assert getattr(made(tmp_path, **{name: value}), name) == value


def test_a_log_is_asked_for_in_large_letters_too(tmp_path):
    settings = made(tmp_path, log_level="WARNING", log_format="Text")
    assert (settings.log_level, settings.log_format) == ("warning", "text")


def test_a_password_in_a_wrong_url_is_not_repeated(tmp_path):
    with pytest.raises(ValidationError) as refused:
        made(tmp_path, database_url="mysql://varsity:hush@host/x")
    assert "hush" not in refused.value.errors()[0]["msg"]


def test_a_secret_that_is_long_enough_is_taken_and_kept_nowhere(tmp_path):
    assert made(tmp_path, secret_key=GOOD).require_secret() == GOOD
    assert not (tmp_path / "data").exists()


def test_without_a_secret_one_is_made_and_only_its_owner_can_read_it(tmp_path):
    secret = made(tmp_path).require_secret()
    kept = tmp_path / "data" / "secret_key"
    assert len(secret) >= SHORTEST_SECRET
    assert kept.read_text() == secret
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "data").iterdir()) == [kept]


def test_a_kept_secret_is_the_same_for_a_second_process(tmp_path):
    secret = made(tmp_path).require_secret()
    program = (
        "import sys; from server.shared.settings import Settings; "
        "print(Settings(_env_file=None, data_dir=sys.argv[1]).require_secret())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert told.stdout.strip() == secret


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path):
    for number in range(20):
        folder = tmp_path / str(number)
        with ThreadPoolExecutor(8) as pool:
            told = set(pool.map(lambda _, f=folder: made(f).require_secret(), range(8)))
        assert len(told) == 1
        assert len(told.pop()) >= SHORTEST_SECRET


def test_two_instances_have_two_secrets(tmp_path):
    assert made(tmp_path / "a").require_secret() != made(tmp_path / "b").require_secret()


@pytest.mark.parametrize(("lease", "scoring"), [(300, 300), (299, 300)])
def test_a_lease_that_scoring_could_outlive_is_refused_by_name(tmp_path, lease, scoring):
    with pytest.raises(ValidationError, match="VARSITY_LEASE_SECONDS"):
        made(tmp_path, lease_seconds=lease, scoring_seconds=scoring)


def test_a_lease_one_second_longer_than_scoring_is_taken(tmp_path):
    assert made(tmp_path, lease_seconds=301, scoring_seconds=300).lease_seconds == 301


@pytest.mark.parametrize(
    ("base_url", "secure"),
    [
        ("https://varsity.example", True),
        ("HTTPS://varsity.example", True),
        ("http://varsity.example", False),
        ("http://https.example", False),
    ],
)
def test_cookies_demand_https_where_people_come_by_it(tmp_path, base_url, secure):
    assert made(tmp_path, base_url=base_url).secure_cookies is secure


def test_what_is_not_set_is_kept_in_the_data_folder(tmp_path):
    settings = made(tmp_path)
    data = tmp_path / "data"
    assert settings.database == f"sqlite:///{data / 'varsity.db'}"
    assert (settings.public_store, settings.hidden_store) == (
        str(data / "files"),
        str(data / "hidden"),
    )


def test_what_is_set_stands_above_the_data_folder(tmp_path):
    chosen = {
        "database_url": "postgresql+psycopg://db/varsity",
        "files_url": "s3://public/",
        "hidden_url": "/srv/hidden",
    }
    settings = made(tmp_path, **chosen)
    assert [settings.database, settings.public_store, settings.hidden_store] == list(
        chosen.values()
    )


def test_settings_come_from_the_environment_by_their_prefix(monkeypatch):
    monkeypatch.setenv("VARSITY_SITE_NAME", "Isar Cup")
    monkeypatch.setenv("SITE_NAME", "Another program's")
    assert Settings(_env_file=None).site_name == "Isar Cup"


@pytest.mark.parametrize(
    ("name", "value"),
    [("web_processes", 0), ("workers", -1), ("max_upload_bytes", 0), ("replicates", "many")],
)
def test_a_number_that_can_not_work_is_refused_by_name(tmp_path, name, value):
    with pytest.raises(ValidationError, match=name):
        made(tmp_path, **{name: value})
