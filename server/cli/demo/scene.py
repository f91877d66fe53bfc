"""Where the demo happens, and who may be in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from server.shared.database import Database
from server.shared.queue import Jobs
from server.shared.storage import Stores


class Scene(NamedTuple):
    """An instance that is being filled; `folders` holds the challenges, `now` is when it began.

    `asked` begins what is done as by a request: letters are written with the site's addresses.
    """

    database: Database
    stores: Stores
    jobs: Jobs
    folders: Path
    now: datetime
    replicates: int
    base_url: str
    asked: Callable[[], AbstractContextManager[Any]]
