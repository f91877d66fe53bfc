"""A team as JSON, in every route that answers with one."""

from pydantic import BaseModel, ConfigDict, Field


class UniversityRef(BaseModel):
    """A university by its slug and name."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str


class MemberOut(BaseModel):
    """A member of a team."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    university: UniversityRef | None


class TeamOut(BaseModel):
    """A team."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    challenge: str
    name: str
    captain: int = Field(description="The account that leads it; 0 where it is not shown.")
    members: list[MemberOut] = Field(description="The longest first; none in an anonymous class.")
    university: UniversityRef | None
    universities: list[UniversityRef] = Field(
        description="All of a mixed team, the captain's first; of any other team its one."
    )
    code: str | None = Field(description="The invite code; null to all but the members.")
