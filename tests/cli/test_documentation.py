"""Nothing that an operator can set or call is missing from the operators' guide."""

from pathlib import Path

import click
import pytest

from server.cli.main import COMMANDS, LazyGroup, cli
from server.shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operators.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `VARSITY_{name.upper()}` |" in GUIDE


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented_and_has_a_help_text(name: str) -> None:
    assert f"`varsity {name}" in GUIDE
    assert isinstance(cli, LazyGroup)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {f"VARSITY_{name.upper()}" for name in Settings.model_fields}
    table = [line for line in GUIDE.splitlines() if line.startswith("| `VARSITY_")]
    assert {line.split("`")[1] for line in table} == known


def test_every_setting_of_the_compose_file_exists() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    names = {line.split(":")[0].strip() for line in text.splitlines() if "VARSITY_" in line[:12]}
    assert names
    assert names <= {f"VARSITY_{name.upper()}" for name in Settings.model_fields}


def test_the_web_service_is_not_given_the_hidden_answers() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    web = text.split("\n  web:\n")[1].split("\n  worker:\n")[0]
    worker = text.split("\n  worker:\n")[1].split("\n  postgres:\n")[0]
    assert "hidden" not in web.lower()
    assert "hidden-answers:/hidden" in worker
