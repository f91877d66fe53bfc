"""`varsity receipt`: what a signed receipt confirms."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from server.cli.credentials import clean_url
from server.cli.output import Refusal, json_option, print_json
from server.cli.remote import Remote
from server.receipts.checking import (
    Keys,
    NotConfirmed,
    OtherFile,
    confirmed,
    read_keys,
    require_file,
)
from server.receipts.schemas import ReceiptBody, ReceiptScore

KEYS_PATH = "/.well-known/varsity-keys.json"
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def receipt() -> None:
    """Check a signed receipt: what a server received, when, and what it said of it."""


@receipt.command()
@click.argument("file", metavar="FILE", type=existing)
@click.option("--keys", "keys_file", type=existing, help="The server's keys, as saved earlier.")
@click.option("--url", help="The server whose keys to ask for.")
@click.option("--file", "predictions", type=existing, help="The predictions that were sent.")
@json_option
def verify(
    file: Path, keys_file: Path | None, url: str | None, predictions: Path | None, as_json: bool
) -> None:
    """Say what the receipt FILE confirms; exit code 1 where it confirms nothing.

    The keys stand at /.well-known/varsity-keys.json of the server. With a saved copy (--keys)
    no network is needed. Take them from the server that you trust, never from the receipt.
    """
    if (keys_file is None) == (url is None):
        raise click.UsageError("Say whose keys to check with: --keys FILE or --url URL, one.")
    try:
        keys = server_keys(keys_file, url)
        body = confirmed(file.read_bytes(), keys)
        if predictions is not None:
            _require_same(body, predictions)
    except NotConfirmed as error:
        if as_json:
            print_json({"ok": False, "reason": str(error)})
        genuine = isinstance(error, OtherFile)
        said = f"{file} is genuine." if genuine else f"Nothing is confirmed by {file}."
        raise Refusal(f"{said} {error}") from error
    except OSError as error:
        raise Refusal(f"{error.filename or file}: {error.strerror or error}") from error
    if as_json:
        same = None if predictions is None else True
        print_json({"ok": True, "file_matches": same, "receipt": body.model_dump(mode="json")})
    else:
        click.echo("\n".join(_words(body, keys, predictions)))


def server_keys(saved: Path | None, url: str | None) -> Keys:
    """Return the keys of a saved list, or else of the server at an address. Raises Refusal."""
    if saved is not None:
        return read_keys(saved.read_bytes())
    address = clean_url(url or "")
    with Remote(address) as remote, remote.reachable():
        answer = remote.client.request("GET", f"{address}{KEYS_PATH}")
    if not answer.is_success:
        raise Refusal(f"{address} has no list of keys (status {answer.status_code}).")
    return read_keys(answer.content)


def _require_same(body: ReceiptBody, predictions: Path) -> None:
    with predictions.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        size = source.tell()
    require_file(body.received, digest, size)


def _words(body: ReceiptBody, keys: Keys, predictions: Path | None) -> Iterator[str]:
    received, result = body.received, body.result
    since = keys.by_kid[body.kid].since
    yield f"Confirmed: {body.issuer} signed this on {body.issued_at}"
    yield f"with its key {body.kid}, in use since {since}."
    if body.issuer != keys.issuer:
        yield f"(The list of keys is that of {keys.issuer}.)"
    yield ""
    yield f"It received  {received.filename}, {received.size:,} bytes"
    yield f"  sha256     {received.sha256}"
    yield f"  at         {received.received_at}"
    yield f"  as         submission {received.submission} of {_sender(body)}"
    yield f"  to         {received.challenge}, phase {received.phase}{_late(body)}"
    if predictions is not None:
        yield f"  {predictions} is that very file."
    yield ""
    yield f"It said      {result.state}, {result.scored_at}{_by(body)}"
    yield from _scores(result.score, result.private_score)
    yield from (f"  {line}" for line in (result.message or "").splitlines())
    for what, at in (("withdrawn", result.withdrawn_at), ("disqualified", result.disqualified_at)):
        if at is not None:
            yield f"  {what} since {at}"
    if body.log_head is not None:
        yield ""
        yield f"Its log then ended with block {body.log_head.number}: {body.log_head.hash}"


def _sender(body: ReceiptBody) -> str:
    team = body.received.team
    return f"team {team.id}, “{team.name}”" if team else "the organisers (a baseline)"


def _late(body: ReceiptBody) -> str:
    return " (practice after the end)" if body.received.late else ""


def _by(body: ReceiptBody) -> str:
    result = body.result
    if result.evaluation is None:
        return ""
    return f", by evaluation {result.evaluation} ({result.scorer} {result.scorer_version})"


def _scores(public: ReceiptScore | None, private: ReceiptScore | None) -> Iterator[str]:
    for name, score in (("public", public), ("private", private)):
        if score is not None:
            yield f"  {name:10} {score.value!r}{_interval(score)}"


def _interval(score: ReceiptScore) -> str:
    if score.interval is None:
        return ""
    low, high = score.interval
    return f", 95 % interval {low!r} to {high!r}"
