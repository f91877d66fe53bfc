"""`varsity export`."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from sqlmodel import Session

from server.archives.answers import solution_members
from server.archives.exporting import Export, all_members
from server.archives.streaming import zip_stream
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug
from server.cli.instance import Instance, data_option, opened
from server.cli.output import Refusal, json_option, print_json
from server.cli.progress import transfer
from server.shared.clock import utcnow
from server.shared.errors import NotFound


@click.command()
@click.argument("slug")
@click.argument("file", metavar="FILE.zip", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-solution", is_flag=True, help="The hidden answers too: keep it to yourself.")
@click.option("--with-submissions", is_flag=True, help="The submitted files too.")
@data_option
@json_option
def export(
    slug: str, file: Path, with_solution: bool, with_submissions: bool, as_json: bool
) -> None:
    """Write all of the challenge SLUG into FILE.zip, which `varsity deploy` reads back.

    Its folder as the challenge is now, and under results/ its boards, teams, submissions, scores
    and log as tables. Without --with-solution the hidden answers are left out.
    """
    with opened() as instance, Session(instance.database.read_engine) as session:
        challenge = _challenge(session, slug)
        pieces = _pieces(
            instance,
            session,
            challenge,
            with_solution=with_solution,
            with_submissions=with_submissions,
        )
        size = _write(pieces, file)
    if as_json:
        print_json({"challenge": slug, "file": str(file), "bytes": size})
    else:
        click.echo(f"Wrote {file}, {size:,} bytes.")


def _challenge(session: Session, slug: str) -> Challenge:
    try:
        return challenge_by_slug(session, slug)
    except NotFound as error:
        raise Refusal(str(error)) from error


def _pieces(
    instance: Instance,
    session: Session,
    challenge: Challenge,
    *,
    with_solution: bool,
    with_submissions: bool,
) -> Iterator[bytes]:
    stores, slug = instance.stores(), challenge.slug
    wanted = Export(
        database=instance.database,
        challenge_id=challenge.id or 0,
        public_files=stores.public_files,
        with_submissions=with_submissions,
        now=utcnow(),
        with_code=True,
        site=instance.settings.site_name,
    )
    hidden = solution_members(session, challenge, stores.hidden_files) if with_solution else ()
    members = all_members(session, challenge, wanted, solutions=hidden)
    return zip_stream(slug, members, now=wanted.now)


def _write(pieces: Iterator[bytes], file: Path) -> int:
    """Write a stream into a file that appears whole or not at all, for its owner alone."""
    size = 0
    try:
        with tempfile.NamedTemporaryFile(dir=file.absolute().parent, delete=False) as partial:
            try:
                with transfer("Exporting", 0) as advance:
                    for piece in pieces:
                        size += partial.write(piece)
                        advance(len(piece))
                partial.flush()
                os.replace(partial.name, file)
            except BaseException:
                Path(partial.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from error
    return size
