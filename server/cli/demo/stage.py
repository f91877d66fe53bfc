"""The process that fills a demo while its web and its worker run already."""

import json
import sys
import time
from pathlib import Path

import click

from server.cli.demo.filling import Filler, Scene
from server.cli.demo.running import STATE
from server.cli.instance import opened
from server.cli.supervision import die_with_parent
from server.shared.clock import utcnow
from server.shared.queue import Jobs, make_engine


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
        )
        filler = Filler(scene, say)
        acts = (
            filler.people,
            filler.challenges,
            filler.submissions,
            filler.results,
            filler.talk,
            filler.certificates,
        )
        for act in acts:
            act()
    (data_dir / STATE).write_text(json.dumps({"full": True}))
    say("The demo is full.")


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
