"""Tables of published winners: the top of a final board as it stood, and the prizes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime


class Winners(SQLModel, table=True):
    """The winners of a phase as they were published.

    `outdated_at`: when the organisers were told that the board has others by now.
    """

    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE", primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    # Within so many places: with ties at the bound there are more teams.
    places: int
    published_at: datetime = Field(sa_type=UTCDateTime)
    published_by: int = Field(foreign_key="account.id")
    outdated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WinningPlace(SQLModel, table=True):
    """A team among the published winners, with the rank and the score that it had then."""

    __tablename__ = "winning_place"

    phase_id: int = Field(foreign_key="winners.phase_id", ondelete="CASCADE", primary_key=True)
    team_id: int = Field(foreign_key="team.id", primary_key=True, index=True)
    rank: int
    score: float
    prize: str = Field(default="", max_length=200)
