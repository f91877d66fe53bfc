"""`varsity season`: which challenges universities are ranked over together."""

import click

from server.cli.instance import data_option, opened
from server.cli.output import json_option, print_json
from server.shared.clock import utcnow
from server.standings.actions import create_season, read_weights


@click.group()
def season() -> None:
    """Manage seasons."""


@season.command("create")
@click.argument("slug")
@click.option("--title", required=True, help="The season's title.")
@click.option(
    "--challenge",
    "challenges",
    multiple=True,
    required=True,
    metavar="SLUG[=WEIGHT]",
    help="A public challenge, and its weight where it is not 1; repeatable.",
)
@data_option
@json_option
def create_one(*, slug: str, title: str, challenges: tuple[str, ...], as_json: bool) -> None:
    """Create a season; its standings appear as soon as a worker runs."""
    with opened() as instance, instance.database.writing() as session:
        weights = dict(read_weights("\n".join(challenges)))
        row = create_season(
            session, slug=slug, title=title, challenges=weights, actor_id=None, now=utcnow()
        )
        session.commit()
        answer = {"slug": row.slug, "title": row.title, "challenges": weights}
    if as_json:
        print_json(answer)
    else:
        click.echo(f"Created season {answer['slug']}: {answer['title']}")
