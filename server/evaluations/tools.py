"""What the parts of a worker have in common."""

import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlmodel import Session

from server.evaluations.metrics import MetricRules
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.isolation import Isolation, LimitExceeded, NoChildren
from server.shared.leases import Leases
from server.shared.queue import Jobs
from server.shared.storage import Stores
from server.submissions.queries import is_public_file

Found = TypeVar("Found")


@dataclass
class Tools:
    """What a worker scores with; `name` is its own, `lease` how long it may hold a row.

    `needed_in_public`: for each room that stores public files, whether bytes are one of its.
    """

    database: Database
    stores: Stores
    jobs: Jobs
    isolation: Isolation
    clock: Clock
    name: str
    lease: timedelta
    rules: MetricRules | None = None
    needed_in_public: tuple[Callable[[Session, str], bool], ...] = (is_public_file,)

    def new_holder(self) -> str:
        """Return the name under which this worker takes one row, and no other."""
        return f"{self.name}/{secrets.token_hex(8)}"

    def attempt(
        self,
        leases: Leases,
        holder: str,
        find: Callable[[], Found],
        broken: Callable[[str], Found],
    ) -> Found | None:
        """Return what a child found, or `broken` of the trace where it was stopped or failed.

        None where no child could be started: the row was given back, and nothing is held against
        it.
        """
        try:
            return find()
        except NoChildren:
            # The worker stops, or the machine can start nothing: no fault of what was asked for.
            self.give_back(leases, holder)
            return None
        except LimitExceeded as error:
            return broken(str(error))
        except Exception:  # noqa: BLE001 - ours: noted with its trace, and tried again
            return broken(traceback.format_exc())

    def give_back(self, leases: Leases, holder: str) -> None:
        """Put back what is held under a name."""
        with self.database.writing() as session:
            leases.give_back(session, holder, died=False)
            session.commit()

    def hide(self, sha256: str) -> None:
        """Move an uploaded solution out of the store that the web can read.

        Raises:
            FileNotFoundError: it is in neither store.
        """
        public, hidden = self.stores
        if not hidden.has(sha256):
            with public.open(sha256) as stream:
                hidden.copy_from(stream, sha256)
        with self.database.reading() as session:
            # Its bytes may be those of somebody's data or predictions: these stay.
            needed = any(is_needed(session, sha256) for is_needed in self.needed_in_public)
        if not needed and public.has(sha256):
            public.delete(sha256)
