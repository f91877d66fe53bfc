"""`varsity submit`."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from server.cli.here import slug_here
from server.cli.output import Refusal, json_option, note, print_json
from server.cli.progress import Advance, transfer
from server.cli.remote import Remote
from server.cli.showing import score_lines
from server.cli.taking_part import in_a_team
from server.cli.words import _

FINAL = ("scored", "rejected", "failed")
SLOWEST_POLL = 5.0


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="[SLUG] FILE")
@click.option("-m", "--message", "comment", default="", metavar="TEXT", help="A note to yourself.")
@click.option("--phase", help="The phase (may be left out when one is open).")
@click.option("--wait", is_flag=True, help="Wait for the score; exit code 1 if there is none.")
@json_option
def submit(
    *, what: tuple[str, ...], comment: str, phase: str | None, wait: bool, as_json: bool
) -> None:
    """Send FILE, a file of predictions, to the challenge SLUG.

    In the folder of a starter kit SLUG may be left out.
    """
    slug, file = _meant(what)
    with Remote.current() as remote:
        submission = in_a_team(remote, slug, lambda: _send(remote, slug, file, comment, phase))
        if not as_json:
            click.echo(_("Received as submission %(number)s.", number=submission["id"]))
        if earlier := submission.get("same_as"):
            note(_("The file is the same as that of submission %(number)s.", number=earlier))
        if wait:
            submission = _final(remote, submission["id"])
    _report(submission, as_json=as_json, waited=wait)


def _meant(what: tuple[str, ...]) -> tuple[str, Path]:
    """Return the challenge and the file; a single word is the file. Raises UsageError."""
    if len(what) > 2:
        extra = " ".join(what[2:])
        raise click.UsageError(_("Got unexpected extra arguments (%(extra)s)", extra=extra))
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    slug = slug_here(what[0] if len(what) == 2 else None)
    return slug, click.types.convert_type(file)(what[-1])


def _send(remote: Remote, slug: str, path: Path, comment: str, phase: str | None) -> Any:
    fields = {"comment": comment, "phase": phase or ""}
    with path.open("rb") as file, transfer(path.name, path.stat().st_size) as advance:
        return remote.post(
            f"/challenges/{slug}/submissions",
            data={name: value for name, value in fields.items() if value},
            files={"file": (path.name, _Counted(file, advance), "application/octet-stream")},
        )


class _Counted:
    """A file that says how much of it was read, so that a bar can follow the upload."""

    def __init__(self, file: IO[bytes], advance: Advance) -> None:
        self._file = file
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        """Read on, and move the bar."""
        data = self._file.read(size)
        self._advance(len(data))
        return data

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(1 << 16), b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _final(remote: Remote, submission_id: int) -> Any:
    pause = 0.3
    while True:
        submission = remote.get(f"/submissions/{submission_id}")
        if submission["state"] in FINAL:
            return submission
        time.sleep(pause)
        pause = min(SLOWEST_POLL, pause * 1.3)


def _report(submission: Any, *, as_json: bool, waited: bool) -> None:
    if as_json:
        print_json(submission)
    if not waited:
        return
    if submission["state"] != "scored":
        raise Refusal(_reason(submission))
    if not as_json:
        click.echo("\n".join(score_lines(submission)))


def _reason(submission: Any) -> str:
    said = submission.get("message") or _("No reason was given.")
    faults = [str(fault.get("message", fault)) for fault in submission.get("faults") or ()]
    more = [f"  {fault}" for fault in faults if fault not in said]
    number = submission["id"]
    rejected = _("Submission %(number)s was rejected: %(said)s", number=number, said=said)
    failed = _("Submission %(number)s could not be scored: %(said)s", number=number, said=said)
    return "\n".join([rejected if submission["state"] == "rejected" else failed, *more])
