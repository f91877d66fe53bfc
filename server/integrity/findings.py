"""What a report says, as it is stored: teams, submissions and accounts by id, and no address."""

from pydantic import BaseModel

from scorers.similarity.judging import LabelEvidence, NumberEvidence


class Entrant(BaseModel):
    """A team and one of its submissions."""

    team: int
    submission: int


class Near(BaseModel):
    """Two teams whose predictions are close; `named`: they stand out of all pairs."""

    one: Entrant
    other: Entrant
    named: bool
    labels: LabelEvidence | None = None
    numbers: NumberEvidence | None = None


class Predictions(BaseModel):
    """What the comparison of predictions says.

    `compared` of `teams` were looked at, `judged` of them for nearness (0: too few, or there is
    no measure for this kind of predictions). `unread`: files that do not fit the solution now.
    """

    teams: int
    compared: int
    judged: int
    rows: int
    all_rows: int
    by_labels: bool
    by_numbers: bool
    pairs: int
    closeness_by_labels: list[int]
    closeness_by_numbers: list[int]
    same_files: list[list[Entrant]]
    identical: list[list[Entrant]]
    near: list[Near]
    given: list[Entrant]
    unread: list[Entrant]


class Jump(BaseModel):
    """A leap that stands out, in standard errors; the scores as they are on the public board."""

    team: int
    submission: int
    before_submission: int
    score: float
    before: float
    best_of_others: float
    gain: float
    lead: float
    usual: float


class Shared(BaseModel):
    """Accounts of several teams that came from one place: a device at an address, or an address.

    `uploads`: from that very place (of a device). `everywhere`: how many accounts of the whole
    instance came from there.
    """

    teams: list[int]
    accounts: list[int]
    uploads: int
    everywhere: int


class Findings(BaseModel):
    """The whole report."""

    predictions: Predictions
    jumps: list[Jump]
    devices: list[Shared]
    addresses: list[Shared]
