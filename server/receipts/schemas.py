"""The form of receipts and of the list of keys: changed by addition alone, for old ones stay."""

from typing import Final, Literal

from pydantic import BaseModel, Field

FORMAT: Final = "varsity-receipt/1"
ALGORITHM: Final = "Ed25519"
SHA256 = r"^[0-9a-f]{64}$"


class ReceiptTeam(BaseModel):
    """A team by its number and the name that it had."""

    id: int
    name: str


class ReceiptScore(BaseModel):
    """A score with its 95 % interval and the secondary metrics."""

    value: float
    interval: tuple[float, float] | None
    method: str
    also: dict[str, float]


class ReceiptReceived(BaseModel):
    """What was received, when, and from whom."""

    submission: int
    challenge: str
    phase: str
    team: ReceiptTeam | None = Field(description="Null for a baseline of the organisers.")
    filename: str
    size: int = Field(description="Bytes.")
    sha256: str = Field(pattern=SHA256, description="Of the file, in hexadecimal.")
    received_at: str = Field(description="When it began to arrive; UTC, to the microsecond.")
    late: bool = Field(description="Practice after the end, which is ranked on no board.")


class ReceiptResult(BaseModel):
    """What was said of it, by the evaluation that was live when the receipt was issued."""

    state: str = Field(description="`scored` or `rejected`.")
    scored_at: str | None
    evaluation: int | None = Field(description="The evaluation's number in the phase.")
    scorer: str | None
    scorer_version: str | None
    score: ReceiptScore | None = Field(description="On the public board.")
    private_score: ReceiptScore | None = Field(description="Only after the reveal.")
    message: str | None = Field(description="Why it was rejected.")
    withdrawn_at: str | None
    disqualified_at: str | None


class ReceiptLogHead(BaseModel):
    """The last block of the log's chain: so every receipt keeps a head of it elsewhere."""

    number: int
    hash: str = Field(pattern=SHA256)


class ReceiptBody(BaseModel):
    """What is signed: these fields as RFC 8785 writes them."""

    format: Literal["varsity-receipt/1"] = FORMAT
    issuer: str = Field(description="The address of the server.")
    kid: str = Field(description="Names the key in `/.well-known/varsity-keys.json`.")
    issued_at: str
    received: ReceiptReceived
    result: ReceiptResult
    log_head: ReceiptLogHead | None


class ReceiptOut(BaseModel):
    """A signed receipt."""

    receipt: ReceiptBody
    signature: str = Field(description="Ed25519 over the canonical JSON of `receipt`, in base64.")


class KeyOut(BaseModel):
    """A public key. `kid` is the first 16 hexadecimal digits of the SHA-256 of its 32 bytes."""

    kid: str
    alg: Literal["Ed25519"] = ALGORITHM
    key: str = Field(description="Its 32 bytes, in base64.")
    since: str = Field(description="When the server first had it.")


class KeysOut(BaseModel):
    """Every key that this server signs or ever signed with, the newest first."""

    issuer: str
    keys: list[KeyOut]
