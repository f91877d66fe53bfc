"""What the page of a report shows: the findings with their people, and what is still kept."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.accounts.sightings import Seen
from server.integrity.findings import Findings, Shared
from server.integrity.models import IntegrityReport
from server.integrity.queries import Names, names_in
from server.integrity.sightings import places_in_common

HEIGHT = 90.0
WIDTH = 400.0
_GAP = 2.0
_LEAST_HEIGHT = 2.0


class Place(NamedTuple):
    """Accounts that came from one place, and the addresses of it that are still kept."""

    shared: Shared
    seen: list[Seen]


class Bar(NamedTuple):
    """A bar of a histogram, in units of its drawing."""

    x: float
    y: float
    width: float
    height: float
    pairs: int


class ReportView(NamedTuple):
    """A made report as it is read."""

    findings: Findings
    names: Names
    devices: list[Place]
    addresses: list[Place]
    bars: list[Bar]


def view_of_report(
    session: Session, report: IntegrityReport, *, places: bool, now: datetime
) -> ReportView | None:
    """Return what a report found, with names; addresses are looked up now, not kept with it.

    `places`: whether the reader may know of devices and addresses.
    """
    if report.findings is None:
        return None
    findings = Findings.model_validate(report.findings)
    said = findings.predictions
    return ReportView(
        findings=findings,
        names=names_in(session, findings),
        devices=[_place(session, x, devices=True, now=now) for x in findings.devices if places],
        addresses=[
            _place(session, x, devices=False, now=now) for x in findings.addresses if places
        ],
        bars=bars(said.closeness_by_labels or said.closeness_by_numbers),
    )


def _place(session: Session, shared: Shared, *, devices: bool, now: datetime) -> Place:
    return Place(shared, places_in_common(session, shared.accounts, devices=devices, now=now))


def bars(counts: list[int]) -> list[Bar]:
    """Draw how many pairs have which closeness; on a root scale, so that one pair is seen."""
    most, width = max(counts, default=0) ** 0.5, WIDTH / max(1, len(counts))
    drawn = []
    for place, count in enumerate(counts):
        height = max(_LEAST_HEIGHT, HEIGHT * count**0.5 / most) if count else 0.0
        at = (round(place * width, 1), round(HEIGHT - height, 1))
        drawn.append(Bar(*at, round(width - _GAP, 1), round(height, 1), count))
    return drawn
