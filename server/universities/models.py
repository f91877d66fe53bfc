"""Tables of universities."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime


class University(SQLModel, table=True):
    """An organisation that teams compete for."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=200)
    native_name: str = Field(default="", max_length=200)
    country: str = Field(default="", max_length=2)
    created_at: datetime = Field(sa_type=UTCDateTime)


class UniversityDomain(SQLModel, table=True):
    """An e-mail domain whose confirmed addresses belong to a university."""

    __tablename__ = "university_domain"

    domain: str = Field(primary_key=True, max_length=253)
    university_id: int = Field(foreign_key="university.id", index=True)


class FormerSlug(SQLModel, table=True):
    """What a university that became part of another stood under: addresses with it lead on."""

    __tablename__ = "university_former_slug"

    slug: str = Field(primary_key=True, max_length=64)
    university_id: int = Field(foreign_key="university.id", index=True)
