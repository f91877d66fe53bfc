"""What the parts of a worker have in common."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from server.evaluations.metrics import MetricRules
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.isolation import Isolation
from server.shared.queue import Jobs
from server.shared.storage import Stores


@dataclass
class Tools:
    """What a worker scores with; `name` is its own, `lease` how long it may hold a row."""

    database: Database
    stores: Stores
    jobs: Jobs
    isolation: Isolation
    clock: Clock
    name: str
    lease: timedelta
    rules: MetricRules | None = None

    def new_holder(self) -> str:
        """Return the name under which this worker takes one row, and no other."""
        return f"{self.name}/{secrets.token_hex(8)}"
