"""One deployment: its circumstances, and what it changed."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from server.challenges.actions import DeployResult
from server.challenges.changes import Change
from server.folders.contents import Folder
from server.shared.storage import Stores


@dataclass
class Deployed:
    """What a deployment changed, and what is to be scored after the commit."""

    result: DeployResult
    changes: list[Change]
    to_score: list[int] = field(default_factory=list)
    to_rescore: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One deployment's circumstances."""

    session: Session
    folder: Folder
    stores: Stores
    new_evaluation: bool
    replicates: int
    reason: str
    actor_id: int | None
    now: datetime
