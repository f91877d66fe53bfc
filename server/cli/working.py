"""`varsity worker`."""

import click

from server import worker as scoring
from server.cli.instance import data_option
from server.cli.output import Refusal
from server.cli.serving import choose_workers, prepare, workers_option
from server.cli.supervision import die_with_parent


@click.command()
@data_option
@workers_option
def worker(workers: int | None) -> None:
    """Run a worker: scores submissions, sends mail and keeps the schedules, until SIGTERM."""
    die_with_parent()
    choose_workers(workers)
    settings = prepare()
    if settings.workers == 0:
        raise Refusal("This worker would score nothing: VARSITY_WORKERS is 0. Give --workers 2.")
    scoring.run(settings)
