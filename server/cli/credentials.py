"""Where the participant's commands keep which server they talk to, and the token for it."""

import json
import os
import tomllib
from pathlib import Path
from typing import NamedTuple

from server.cli.here import here
from server.cli.output import Refusal
from server.cli.words import N_, _

UNREADABLE = N_("%(path)s can't be read: %(error)s. Remove it and run `varsity login URL`.")


class Credentials(NamedTuple):
    """A server's address and the token it gave; empty where there is none."""

    url: str
    token: str


class Kept(NamedTuple):
    """What the file holds: the server used last, and a token for each server."""

    url: str
    tokens: dict[str, str]


def config_path() -> Path:
    """Return the file's path, after the XDG base directory specification."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "varsity" / "config.toml"


def clean_url(url: str) -> str:
    """Return a server's address without a slash at its end; a bare host gets https."""
    plain = url.strip().rstrip("/").removesuffix("/api/v1")
    return plain if "://" in plain else f"https://{plain}"


def current() -> Credentials:
    """Return the server and the token: VARSITY_URL and VARSITY_TOKEN above what `login` kept.

    In the folder of a starter kit it is the kit's server, if VARSITY_URL names no other.
    Raises Refusal where no server is known.
    """
    kept, named = read_kept(), os.environ.get("VARSITY_URL", "")
    of_kit = "" if named else here().server
    url = clean_url(named or of_kit or kept.url or "")
    if url == "https://":
        raise Refusal(_("No server is known. Run `varsity login URL`, or set VARSITY_URL."))
    # A token kept for one server is never sent to another. Nor is that of the environment to a
    # server which only a file in this folder names: whoever wrote the file would be given it.
    known = not of_kit or url == kept.url
    given = os.environ.get("VARSITY_TOKEN", "") if known else ""
    return Credentials(url, given or kept.tokens.get(url, ""))


def read_kept() -> Kept:
    """Return what the file holds. Raises Refusal where it can't be read."""
    path = config_path()
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Kept("", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        said = _(UNREADABLE, path=path, error=error)
        raise Refusal(said) from error
    tokens = document.get("tokens")
    known = tokens if isinstance(tokens, dict) else {}
    return Kept(str(document.get("url", "")), {str(u): str(t) for u, t in known.items()})


def keep(url: str, token: str) -> Path:
    """Keep a server's token, readable by nobody else, and make it the current server."""
    tokens = {**read_kept().tokens, url: token}
    lines = [f"url = {_toml(url)}", "", "[tokens]"]
    lines += [f"{_toml(u)} = {_toml(t)}" for u, t in tokens.items()]
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    partial.replace(path)
    return path


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
