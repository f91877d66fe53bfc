"""Compiled templates are kept, and never one that its source no longer is."""

import sys

import pytest
from flask import Flask

from server.shared.compiled_templates import CompiledTemplates, keep_compiled


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Make an application of one template that keeps what it compiled in a folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "templates").mkdir()

    def site(words: str, folder=tmp_path / "kept") -> Flask:
        (tmp_path / "templates" / "page.html").write_text(words)
        app = Flask("site", root_path=str(tmp_path))
        app.jinja_env.bytecode_cache = CompiledTemplates(str(folder))
        return app

    return site


def shown(app: Flask) -> str:
    return app.jinja_env.get_template("page.html").render(name="王伟 <b>")


def compilations(monkeypatch, app: Flask) -> list[str]:
    seen: list[str] = []
    compiled = type(app.jinja_env).compile

    def compile(environment, source, *arguments, **options):
        seen.append(source)
        return compiled(environment, source, *arguments, **options)

    monkeypatch.setattr(type(app.jinja_env), "compile", compile)
    return seen


def test_the_next_process_compiles_nothing(site, monkeypatch):
    shown(site("Hello {{ name }}"))
    second = site("Hello {{ name }}")
    seen = compilations(monkeypatch, second)
    assert (shown(second), seen) == ("Hello 王伟 &lt;b&gt;", [])


def test_a_template_that_changed_is_compiled(site):
    shown(site("Hello {{ name }}"))
    assert shown(site("Bye {{ name }}")) == "Bye 王伟 &lt;b&gt;"


def test_a_file_that_is_broken_is_compiled_again(site, tmp_path):
    shown(site("Hello {{ name }}"))
    (kept,) = (tmp_path / "kept").iterdir()
    whole = kept.read_bytes()
    for length in (0, 5, 40, len(whole) // 2, len(whole) - 1):
        kept.write_bytes(whole[:length])
        assert shown(site("Hello {{ name }}")) == "Hello 王伟 &lt;b&gt;"


def test_where_nothing_can_be_written_pages_are_shown_all_the_same(site, tmp_path):
    (tmp_path / "file").write_text("")
    assert shown(site("Hello {{ name }}", tmp_path / "file" / "below")).startswith("Hello")


def test_who_wants_no_compiled_modules_gets_no_compiled_templates(site, tmp_path, monkeypatch):
    app = site("Hello {{ name }}")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shown(app).startswith("Hello")
    assert not (tmp_path / "kept").exists()


def test_other_options_have_another_folder(site):
    folders = set()
    for trims in (False, True):
        app = site("")
        app.jinja_env.trim_blocks = trims
        keep_compiled(app)
        folders.add(app.jinja_env.bytecode_cache.directory)
    assert len(folders) == 2
