"""A web process makes ready what its first visitors would wait for, and gives way to them."""

import gc
import sys
import threading
from functools import partial

from flask import Flask
from sqlalchemy.exc import OperationalError

from server.cli import warming
from server.cli.warming import Warming


def site(tmp_path, templates: int) -> Flask:
    (tmp_path / "templates").mkdir()
    for number in range(templates):
        (tmp_path / "templates" / f"{number}.html").write_text("{{ 1 }}")
    (tmp_path / "templates" / "notes.md").write_text("{% this is no template")
    return Flask("site", root_path=str(tmp_path))


def ready(app: Flask) -> int:
    cache = app.jinja_env.cache
    return len(cache) if cache is not None else 0


def test_metrics_are_loaded_and_every_template_is_compiled(tmp_path, monkeypatch):
    class Loaded(dict):
        def __missing__(self, name):
            return self.setdefault(name, name)

    loaded = Loaded()
    monkeypatch.setattr(warming, "SCORERS", loaded)
    app, usual = site(tmp_path, 3), sys.getswitchinterval()
    begun = Warming(app, after=0)
    begun.begin()
    begun.wait()
    assert ready(app) == 3
    assert {"accuracy", "rmse"} & loaded.keys()
    # The packages of these need not be there.
    assert not {"bleu", "coco_map"} & loaded.keys()
    assert sys.getswitchinterval() == usual


def test_a_process_that_ends_waits_for_one_step_at_most(tmp_path, monkeypatch):
    monkeypatch.setattr(warming, "FAMILIES", ())
    app = site(tmp_path, 3)
    loader, asked = app.jinja_loader, []
    begun = Warming(app, after=0)

    def get_source(environment, name):
        asked.append(name)
        begun.stop()
        return type(loader).get_source(loader, environment, name)

    monkeypatch.setattr(loader, "get_source", get_source)
    begun.begin()
    begun.wait()
    assert len(asked) == 1


def test_one_that_ends_at_once_begins_nothing(tmp_path):
    app = site(tmp_path, 3)
    stopped = Warming(app)
    stopped.stop()
    stopped.begin()
    stopped.wait()
    assert ready(app) == 0


def test_a_database_that_is_away_stops_it_without_a_trace(tmp_path, monkeypatch):
    monkeypatch.setattr(warming, "FAMILIES", ())

    def visits(_app):
        raise OperationalError("SELECT 1", {}, ConnectionError("refused"))

    begun = Warming(site(tmp_path, 1), visits=visits, after=0)
    raised = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    begun.begin()
    begun.wait()
    assert not raised


def test_what_was_made_is_left_alone_by_the_collector_of_garbage(tmp_path, monkeypatch):
    monkeypatch.setattr(warming, "FAMILIES", ())
    kept: dict[str, object] = {}
    make = partial(kept.setdefault, "rows", [["a row"]])
    begun = Warming(site(tmp_path, 0), visits=lambda app: [make], after=0)
    begun.begin()
    begun.wait()
    assert kept["rows"] == [["a row"]]
    looked_at = gc.get_objects()
    assert not any(one is kept["rows"] for one in looked_at)
    gc.unfreeze()
