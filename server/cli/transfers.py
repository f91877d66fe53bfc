"""`varsity download`: resumes what broke off, and checks what arrived."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import click
import httpx2

from server.cli.here import slug_here
from server.cli.output import Refusal, json_option, note, print_json
from server.cli.progress import transfer
from server.cli.remote import Remote
from server.cli.taking_part import joined
from server.cli.words import _

CHUNK = 1 << 16


@click.command()
@click.argument("slug", required=False)
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to (a folder named SLUG, if left out).",
)
@json_option
def download(slug: str | None, folder: Path | None, as_json: bool) -> None:
    """Fetch the data of the challenge SLUG; what broke off is resumed, what is there is kept."""
    slug = slug_here(slug)
    target = folder or Path(slug)
    with Remote.current() as remote:
        files = _files(remote, slug)
        try:
            paths = [
                joined(remote, slug, partial(_fetch, remote, slug, file, target)) for file in files
            ]
        except OSError as error:
            raise Refusal(_("The file can't be written: %(error)s", error=error)) from error
    if as_json:
        print_json([{**file, "path": str(path)} for file, path in zip(files, paths, strict=True)])
        return
    for path in paths:
        click.echo(str(path))


def _files(remote: Remote, slug: str) -> list[Any]:
    return remote.every(f"/challenges/{slug}/files")


def _fetch(remote: Remote, slug: str, file: Any, folder: Path) -> Path:
    path = _inside(folder, file["name"])
    if path.is_file() and _sha256(path) == file["sha256"]:
        note(_("%(path)s is there already.", path=path))
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    # The part carries the content's name: a file that changed on the server starts anew.
    part = path.with_name(f"{path.name}.{file['sha256'][:12]}.part")
    _receive(remote, f"/challenges/{slug}/files/{quote(file['name'])}", file, part)
    if _sha256(part) != file["sha256"]:
        part.unlink()
        said = _("%(name)s arrived damaged, and was removed. Download it again.", name=file["name"])
        raise Refusal(said)
    part.replace(path)
    return path


def _inside(folder: Path, name: str) -> Path:
    """Return where a file goes. Raises Refusal for a name that leads out of the folder."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name:
        said = _(
            "The server names a file %(name)s, which is not a name to write to.", name=repr(name)
        )
        raise Refusal(said)
    return folder.joinpath(*parts)


def _receive(remote: Remote, path: str, file: Any, part: Path) -> None:
    done = part.stat().st_size if part.exists() else 0
    if done and done >= file["size"]:
        return
    headers = {"Range": f"bytes={done}-", "If-Range": f'"{file["sha256"]}"'} if done else {}
    headers["Accept-Encoding"] = "identity"
    with remote.reachable(), remote.client.stream("GET", path, headers=headers) as response:
        if not response.is_success:
            response.read()
            remote.answer(response)
        resumed = response.status_code == httpx2.codes.PARTIAL_CONTENT
        _write(response.iter_bytes(CHUNK), file, part, done if resumed else 0)


def _write(chunks: Iterator[bytes], file: Any, part: Path, done: int) -> None:
    with (
        transfer(file["name"], file["size"], done) as advance,
        part.open("ab" if done else "wb") as target,
    ):
        for chunk in chunks:
            target.write(chunk)
            advance(len(chunk))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
