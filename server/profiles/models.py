"""The table of what people say about themselves on their pages."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class Profile(SQLModel, table=True):
    """What a person chose for the own page; without a row it is as it always was."""

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    bio: str = Field(default="", max_length=600)
    links: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    shows_university: bool = True
    shows_certificates: bool = True
    # Ids of challenges whose results do not stand on the page.
    left_out: list[int] = Field(default_factory=list, sa_type=sa.JSON)
