"""`varsity certificate`: what a signed certificate confirms."""

from collections.abc import Iterator
from pathlib import Path

import click

from server.certificates.checking import confirmed_certificate
from server.certificates.rules import State
from server.certificates.schemas import CertificateBody, Placement
from server.cli.credentials import clean_url
from server.cli.output import Refusal, json_option, print_json
from server.cli.receipts import existing, server_keys
from server.cli.remote import Remote
from server.receipts.checking import Keys, NotConfirmed

# A page can be drawn anew around the attachment, which then still is what was signed.
STANDS = "Its server says that it stands."
COMPARE = "What is printed on the paper is not signed: it has to say the same as these lines."


@click.group()
def certificate() -> None:
    """Check a certificate: what a server certified, of whom, and when."""


@certificate.command()
@click.argument("file", metavar="FILE", type=existing)
@click.option("--keys", "keys_file", type=existing, help="The server's keys, as saved earlier.")
@click.option("--url", help="The server whose keys to ask for.")
@json_option
def verify(file: Path, keys_file: Path | None, url: str | None, as_json: bool) -> None:
    """Say what the certificate FILE (PDF or JSON) confirms; exit code 1 where it confirms nothing.

    Compare what is said with what the paper shows: the attached data is what was signed. Whether
    the certificate was replaced or revoked since then only its server knows: with --url it is
    asked, and one that stands no more is refused.
    """
    if (keys_file is None) == (url is None):
        raise click.UsageError("Say whose keys to check with: --keys FILE or --url URL, one.")
    try:
        keys = server_keys(keys_file, url)
        data = file.read_bytes()
        body = confirmed_certificate(data, keys)
        if url is not None:
            _require_standing(file, url, body)
    except NotConfirmed as error:
        if as_json:
            print_json({"ok": False, "reason": str(error)})
        raise Refusal(f"Nothing is confirmed by {file}. {error}") from error
    except OSError as error:
        raise Refusal(f"{error.filename or file}: {error.strerror or error}") from error
    if as_json:
        print_json({"ok": True, "certificate": body.model_dump(mode="json")})
    else:
        compare = [COMPARE] if data.startswith(b"%PDF-") else []
        stands = [STANDS] if url is not None else []
        click.echo("\n".join([*_words(body, keys), *stands, *compare]))


def _require_standing(file: Path, url: str, body: CertificateBody) -> None:
    """Ask a server whether a certificate stands. Raises Refusal."""
    with Remote(clean_url(url)) as remote:
        said = remote.get(f"/certificates/{body.code}")
    if said["state"] == State.VALID:
        return
    why = f": {said['reason_words']}" if said["reason_words"] else ""
    after = f" {said['replaced_by']} took its place." if said["replaced_by"] else ""
    raise Refusal(
        f"{file} is genuine, and stands no more. "
        f"It was {said['state']} on {said['ended_at']}{why}.{after}"
    )


def _words(body: CertificateBody, keys: Keys) -> Iterator[str]:
    yield f"Confirmed: {body.issuer} signed this on {body.issued_at}"
    yield f"with its key {body.kid}, in use since {keys.by_kid[body.kid].since}."
    if body.issuer != keys.issuer:
        yield f"(The list of keys is that of {keys.issuer}.)"
    yield ""
    yield f"{body.kind.value.capitalize():13} {body.holder.name}"
    if body.university is not None:
        yield f"  of          {body.university.name}"
    yield f"  issued by   {body.issued_by or body.issuer}"
    yield from _result(body)
    yield ""
    yield f"Whether it still stands: {body.issuer}/certificates/{body.code}"


def _result(body: CertificateBody) -> Iterator[str]:
    if body.challenge is not None:
        yield f"  challenge   {body.challenge.title}"
    if body.team is not None:
        members = "member" if body.team.members == 1 else "members"
        yield f"  team        “{body.team.name}”, {body.team.members} {members}"
        yield from (f"  adviser     {name}" for name in body.team.advisers)
    if body.participation is not None:
        yield f"  submissions {body.participation.submissions} scored in time"
    place = body.placement
    if place is not None:
        # No range is not a range of one place: the order was never resampled.
        spread = place.rank_range and " (95 % range {} to {})".format(*place.rank_range)
        yield f"  rank        {place.rank} of {place.teams}{spread or ''}"
        yield f"  score       {place.score!r} ({place.metric})"
        yield from _rest_of_place(place)
    if body.level is not None:
        yield f"  level       {body.level.level.value} of “{body.level.title}”"
        for one in body.level.results:
            yield f"              {one.title}: {one.score!r}, rank {one.rank} of {one.teams}"


def _rest_of_place(place: Placement) -> Iterator[str]:
    """Yield what else is printed on a paper: who compares needs all of it."""
    if place.interval is not None:
        yield "  interval    {!r} to {!r} (95 %)".format(*place.interval)
    if place.medal is not None:
        yield f"  medal       {place.medal.value}"
