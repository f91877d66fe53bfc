"""The folder that a command is called in, where it is a challenge's starter kit."""

import os
import tomllib
from pathlib import Path
from typing import NamedTuple

import click

from server.cli.output import Refusal
from server.cli.words import N_, _

CONFIG = ".varsity.toml"
NO_SLUG = N_("Say which challenge: SLUG (there is no %(config)s in this folder).")


class Here(NamedTuple):
    """What the folder says: the server's address and the challenge's slug; empty: it says none."""

    server: str
    challenge: str
    path: Path | None


NOWHERE = Here("", "", None)


def here() -> Here:
    """Return what `.varsity.toml` of this folder, or of one above it, says.

    Raises: Refusal where it can't be read.
    """
    folder = Path.cwd()
    for place in (folder, *folder.parents):
        path = place / CONFIG
        if path.is_file() and _is_ours(path):
            return _read(path)
    return NOWHERE


def _is_ours(path: Path) -> bool:
    """Whether nobody else could have put a file there to say where submissions go."""
    return not hasattr(os, "getuid") or path.stat().st_uid in (os.getuid(), 0)


def _read(path: Path) -> Here:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = _("%(path)s can't be read: %(error)s. Mend or remove it.", path=path, error=error)
        raise Refusal(said) from error
    return Here(_text(document.get("server")), _text(document.get("challenge")), path)


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""


def slug_here(slug: str | None) -> str:
    """Return a challenge's slug: as it was given, or else this folder's. Raises UsageError."""
    found = slug or here().challenge
    if not found:
        raise click.UsageError(_(NO_SLUG, config=CONFIG))
    return found
