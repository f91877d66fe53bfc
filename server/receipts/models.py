"""The table of public keys: those that receipts were ever signed with stay listed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime


class ReceiptKey(SQLModel, table=True):
    """The public half of a key, in base64, and when a host of this instance first had it."""

    __tablename__ = "receipt_key"

    kid: str = Field(primary_key=True, max_length=16)
    public_key: str = Field(max_length=64)
    since: datetime = Field(sa_type=UTCDateTime)
