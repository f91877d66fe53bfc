"""Before the tests: Chromium is found, or it is said exactly what to run."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).with_name("prepare.py")


@pytest.fixture
def prepare(monkeypatch):
    spec = importlib.util.spec_from_file_location("prepare", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "may_install", lambda: False)
    return module


def test_a_named_chromium_that_can_not_be_run_is_refused_by_its_name(prepare, monkeypatch, capsys):
    monkeypatch.setenv("VARSITY_CHROMIUM", "/nowhere/chromium")
    assert prepare.main() == 1
    assert "/nowhere/chromium" in capsys.readouterr().err


def test_without_any_chromium_the_command_to_run_is_said(prepare, monkeypatch, capsys):
    monkeypatch.delenv("VARSITY_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert prepare.main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err


def test_a_chromium_that_does_not_start_is_no_chromium(prepare, monkeypatch, tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("VARSITY_CHROMIUM", str(broken))
    assert prepare.main() == 1
