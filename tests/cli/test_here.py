"""In the folder of a starter kit a command needs no name of the challenge."""

import click
import pytest
from click.testing import CliRunner

from server.cli import here as heres
from server.cli.credentials import current, keep
from server.cli.here import NOWHERE, here, slug_here
from server.cli.output import Refusal
from server.cli.submitting import _meant, submit

SERVER = "https://varsity.example"


@pytest.fixture
def kit(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("VARSITY_URL", "VARSITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "digits"
    (folder / "data").mkdir(parents=True)
    (folder / ".varsity.toml").write_text(f'server = "{SERVER}"\nchallenge = "digits"\n')
    monkeypatch.chdir(folder)
    return folder


def test_the_folder_and_those_in_it_say_server_and_challenge(kit, monkeypatch) -> None:
    assert (here().server, slug_here(None), slug_here("tides")) == (SERVER, "digits", "tides")
    monkeypatch.chdir(kit / "data")
    assert slug_here(None) == "digits"


def test_elsewhere_the_challenge_has_to_be_named(kit, monkeypatch) -> None:
    monkeypatch.chdir(kit.parent)
    assert here() == NOWHERE
    with pytest.raises(click.UsageError, match="SLUG"):
        slug_here(None)


def test_a_file_alone_goes_to_the_folder_s_challenge(kit) -> None:
    (kit / "s.csv").write_text("id,digit\n")
    assert _meant(("s.csv",)) == ("digits", _meant(("tides", "s.csv"))[1])
    assert _meant(("tides", "s.csv"))[0] == "tides"
    for wrong in (["none.csv"], ["a", "s.csv", "more"], []):
        assert CliRunner().invoke(submit, wrong).exit_code == 2


def test_the_folder_s_server_is_the_one_that_is_spoken_to(kit, monkeypatch) -> None:
    keep("https://other.example", "token-of-other")
    assert current() == (SERVER, "")
    keep(SERVER, "token-of-varsity")
    keep("https://other.example", "token-of-other")
    assert current() == (SERVER, "token-of-varsity")
    monkeypatch.setenv("VARSITY_URL", "https://named.example")
    assert current().url == "https://named.example"


def test_a_token_of_the_environment_is_not_given_to_whom_a_file_names(kit, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_TOKEN", "secret")
    assert current() == (SERVER, "")
    keep(SERVER, "kept")
    assert current() == (SERVER, "secret")
    monkeypatch.setenv("VARSITY_URL", SERVER)
    assert current() == (SERVER, "secret")


def test_a_file_of_somebody_else_s_is_passed_over_and_a_broken_one_refused(
    kit, monkeypatch
) -> None:
    monkeypatch.setattr(heres, "_is_ours", lambda path: False)
    assert here() == NOWHERE
    monkeypatch.undo()
    monkeypatch.chdir(kit)
    (kit / ".varsity.toml").write_text("server = ")
    with pytest.raises(Refusal, match="can't be read"):
        here()
    (kit / ".varsity.toml").write_text("server = 3\nchallenge = []\n")
    assert here()[:2] == ("", "")
