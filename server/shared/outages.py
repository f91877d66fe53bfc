"""Which faults are the machine's: a full disk, a database or a store that does not answer."""

import errno

import psycopg
from obstore.exceptions import BaseError as StoreError
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# In the words of the file store, of SQLite and of PostgreSQL.
SAID_OF_FULL_DISKS = ("os error 28", "disk is full", "No space left on device")
# Connection exceptions, too many connections, stopped by its operator or starting.
AWAY_STATES = ("08", "53300", "57P")
SAID_BY_SQLITE = ("database is locked", "unable to open database file")


def disk_is_full(error: Exception) -> bool:
    """Whether a disk is full: of the files, of uploads or of the database."""
    said = str(error)
    full = isinstance(error, OSError) and error.errno in NO_ROOM
    return full or any(words in said for words in SAID_OF_FULL_DISKS)


def database_is_away(error: Exception) -> bool:
    """Whether the database does not answer, or has no connection left; it may in a moment."""
    if isinstance(error, TimeoutError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) and _is_away(error.orig)


def store_is_away(error: BaseException) -> bool:
    """Whether the store of files does not answer, or lets nobody in; a missing file is none."""
    return isinstance(error, StoreError)


def cause_of(error: BaseException) -> str:
    """Return what an outage says of itself, in one line of the log."""
    return str(error).partition("\n")[0]


def _is_away(error: BaseException | None) -> bool:
    if isinstance(error, psycopg.Error):
        # What fails before there is a connection has no state.
        return error.sqlstate is None or error.sqlstate.startswith(AWAY_STATES)
    return any(words in str(error) for words in SAID_BY_SQLITE)
