"""An instance, opened by a server-side command: settings, a migrated database, the stores."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from obstore.exceptions import BaseError as StoreError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from server.cli.output import Refusal, note
from server.shared.database import Database
from server.shared.errors import DomainError
from server.shared.migrate import migrate
from server.shared.outages import cause_of
from server.shared.settings import InsecureSettings, Settings
from server.shared.storage import FileStore, Stores

PREFIX = "VARSITY_"
# What participants' commands read stands beside the settings.
OF_CLIENTS = frozenset({"VARSITY_URL", "VARSITY_TOKEN"})
ALIKE = 0.9
# What the S3 client says of an address that it may not ask.
UNSAFE_SCHEME = "BadScheme"
PLAIN_HTTP = "(An AWS_ENDPOINT_URL without TLS also needs AWS_ALLOW_HTTP=true.)"

Command = TypeVar("Command", bound=Callable[..., Any])


class Instance(NamedTuple):
    """What a server-side command works on."""

    settings: Settings
    database: Database

    def stores(self) -> Stores:
        """Open both stores of files."""
        settings = self.settings
        return Stores(FileStore(settings.public_store), FileStore(settings.hidden_store))


def _use_data_dir(_context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    if value is not None:
        os.environ["VARSITY_DATA_DIR"] = str(value.resolve())


def data_option(command: Command) -> Command:
    """Add `--data DIR`, which stands above VARSITY_DATA_DIR."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        is_eager=True,
        callback=_use_data_dir,
        help="The instance's data folder (else VARSITY_DATA_DIR, else ./instance).",
    )(command)


def misspelt(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names that are no setting but nearly one, each with the one that it is like."""
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    # A setting is read in any letters.
    given = {name for name in map(str.upper, names) if name.startswith(PREFIX)}
    unknown = sorted(given - settings - OF_CLIENTS)
    likely = ((name, get_close_matches(name, settings, 1, ALIKE)) for name in unknown)
    return [(name, meant[0]) for name, meant in likely if meant]


def load_settings() -> Settings:
    """Return the settings of an instance. Raises Refusal that names each one that is wrong."""
    for name, meant in misspelt(os.environ):
        note(f"{name} is no setting, and is left out. Is {meant} meant?")
    settings = known_settings()
    try:
        # Private scores and messages lie in it: no other user of the machine may read them.
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.require_secret()
    except InsecureSettings as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"The data folder can't be used: {error}. Set VARSITY_DATA_DIR.") from error
    return settings


def known_settings() -> Settings:
    """Return the settings, without any instance. Raises Refusal that names each wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        raise Refusal("\n".join(_fault(fault) for fault in error.errors())) from error


def _fault(fault: Any) -> str:
    name = "_".join(str(part) for part in fault["loc"])
    said = str(fault["msg"]).removeprefix("Value error, ")
    return f"VARSITY_{name.upper()}: {said}" if name else said


@contextmanager
def opened() -> Iterator[Instance]:
    """Yield the instance, its database made and migrated.

    Raises Refusal for what a room refuses, and for a database or a store that can't be used.
    """
    settings = load_settings()
    try:
        database = Database(settings.database)
        migrate(database)
    except (SQLAlchemyError, ImportError) as error:
        raise Refusal(f"The database can't be opened: {_cause(error)}") from error
    try:
        yield Instance(settings, database)
    except DomainError as error:
        raise Refusal(refusal_text(error)) from error
    except SQLAlchemyError as error:
        raise Refusal(f"The database refused: {_cause(error)}") from error
    except StoreError as error:
        raise Refusal(_of_store(error)) from error
    finally:
        database.dispose()


def refusal_text(error: DomainError) -> str:
    """Return a refusal's words, with its fields where it names several."""
    fields = [f"  {e.field}: {e.message}" for e in getattr(error, "errors", ())]
    return "\n".join([str(error), *fields])


def _of_store(error: StoreError) -> str:
    hint = f" {PLAIN_HTTP}" if UNSAFE_SCHEME in str(error) else ""
    return f"The store of files can't be used: {cause_of(error)}{hint}"


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)
