"""The process that fills a demo while its web and its worker run already."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from flask import Flask, g

from server.app import create_app
from server.cli.demo.filling import Filler
from server.cli.demo.running import STATE
from server.cli.demo.scene import Scene
from server.cli.instance import opened
from server.cli.supervision import die_with_parent
from server.shared.clock import utcnow
from server.shared.queue import Jobs, make_engine

# In this order: what is said needs the teams, and a result everything that was sent before it.
ACTS = (
    Filler.people,
    Filler.challenges,
    Filler.submissions,
    Filler.words,
    Filler.freeze,
    Filler.results,
    Filler.certificates,
    Filler.habits,
)


@contextmanager
def as_asked(app: Flask) -> Iterator[None]:
    """Act as by a request of this moment: letters are written with the site's addresses."""
    with app.test_request_context():
        g.now = utcnow()
        yield


def fill(data_dir: Path) -> None:
    """Play the whole story into the instance of the environment's settings."""
    die_with_parent()
    started = time.monotonic()

    def say(message: str) -> None:
        click.echo(f"[{time.monotonic() - started:5.0f} s] {message}", err=True)

    with opened() as instance:
        scene = Scene(
            database=instance.database,
            stores=instance.stores(),
            jobs=Jobs(make_engine(instance.settings.queue_url, instance.settings.data_dir)),
            folders=data_dir / "challenges",
            now=utcnow(),
            replicates=instance.settings.replicates,
            base_url=instance.settings.base_url,
            asked=partial(as_asked, create_app(instance.settings)),
        )
        filler = Filler(scene, say)
        for act in ACTS:
            act(filler)
    (data_dir / STATE).write_text(json.dumps({"full": True}))
    say("The demo is full.")


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
