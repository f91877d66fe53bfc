"""The table of blocks: the log's chain. It holds numbers and hashes, and nothing that they hide."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime


class AuditBlock(SQLModel, table=True):
    """A block of sealed events. Nothing can be sealed twice behind the same block."""

    __tablename__ = "audit_block"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    previous: str = Field(max_length=64, unique=True)
    hash: str = Field(max_length=64, unique=True)
    sealed_at: datetime = Field(sa_type=UTCDateTime)
    events: int
    first_event_id: int
    last_event_id: int
    seals: bytes
