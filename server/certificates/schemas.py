"""The form of a certificate: changed by addition alone, for those that were handed out stay."""

from typing import Final, Literal

from pydantic import BaseModel, Field

from server.boards.medals import Medal
from server.certificates.levels import Level
from server.certificates.rules import Kind

FORMAT: Final = "varsity-certificate/1"


class Holder(BaseModel):
    """A person, by the name of the day of issue."""

    account: int
    name: str


class CertifiedUniversity(BaseModel):
    """The university that the person competed for."""

    slug: str
    name: str
    native_name: str


class CertifiedChallenge(BaseModel):
    """What was taken part in."""

    slug: str
    title: str


class CertifiedTeam(BaseModel):
    """The team, by the name of the day of issue; `advisers` are the staff named for it."""

    id: int
    name: str
    members: int
    advisers: list[str]


class Participation(BaseModel):
    """That files of the team were scored in time."""

    submissions: int = Field(description="Scored submissions of the team within the deadlines.")


class Placement(BaseModel):
    """A place on the final board of a phase."""

    phase: str
    rank: int
    rank_range: tuple[int, int] | None = Field(description="A 95 % confidence set for the rank.")
    teams: int = Field(description="Ranked teams.")
    medal: Medal | None
    score: float
    interval: tuple[float, float] | None
    metric: str
    evaluation: int = Field(description="The number of the evaluation in the phase.")


class LevelResult(BaseModel):
    """A result that a level rests on."""

    challenge: str
    title: str
    phase: str
    rank: int
    teams: int
    score: float
    interval: tuple[float, float] | None
    evaluation: int


class CertifiedLevel(BaseModel):
    """A level of a standard, and the results that it rests on."""

    standard: str
    title: str
    level: Level
    results: list[LevelResult]


class CertificateFacts(BaseModel):
    """What is said of a person; the rest of a certificate says who said it, and when."""

    kind: Kind
    holder: Holder
    issued_by: str = Field(description="Who stands behind it: a challenge's host, a standard's.")
    university: CertifiedUniversity | None
    challenge: CertifiedChallenge | None
    team: CertifiedTeam | None
    participation: Participation | None
    placement: Placement | None
    level: CertifiedLevel | None


class CertificateBody(CertificateFacts):
    """What is signed: these fields as RFC 8785 writes them."""

    format: Literal["varsity-certificate/1"] = FORMAT
    issuer: str = Field(description="The address of the server.")
    kid: str = Field(description="Names the key in `/.well-known/varsity-keys.json`.")
    code: str = Field(description="Its page is `/certificates/` and this.")
    issued_at: str


class SignedCertificate(BaseModel):
    """A certificate as a file."""

    certificate: CertificateBody
    signature: str = Field(
        description="Ed25519 over the canonical JSON of `certificate`, in base64."
    )
