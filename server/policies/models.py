"""Tables of the texts about the service, and of who agreed to which version."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.policies.rules import Policy
from server.shared.database import UTCDateTime, enum_column


class PolicyVersion(SQLModel, table=True):
    """A version of a text in all its languages; a version is never changed.

    The account that wrote it is a plain number: accounts are a room above.
    """

    __tablename__ = "policy_version"

    policy: Policy = Field(primary_key=True, sa_type=enum_column(Policy))
    version: int = Field(primary_key=True)
    texts: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    # People are asked again.
    material: bool = False
    created_at: datetime = Field(sa_type=UTCDateTime)
    created_by: int | None = None


class PolicyAcceptance(SQLModel, table=True):
    """An account agreed to a version, or read it; its newest one for each text."""

    __tablename__ = "policy_acceptance"

    account_id: int = Field(primary_key=True)
    policy: Policy = Field(primary_key=True, sa_type=enum_column(Policy))
    version: int
    at: datetime = Field(sa_type=UTCDateTime)
