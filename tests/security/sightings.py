"""Addresses and devices of people, and integrity reports that name those who share them."""

from sqlmodel import Session

from server.accounts.models import Sighting
from server.integrity.findings import Findings, Predictions, Shared
from server.integrity.models import IntegrityReport
from server.integrity.rules import ReportState
from tests.cast import NOON
from tests.security.marks import Marks
from tests.security.world import World

# Who came from where: digits' teams share one place, and Jonas of tides shares another with Wei.
DIGITS_ADDRESS, TIDES_ADDRESS = "198.51.100.177", "198.51.100.199"
DEVICE = "device-of-somebody-q8y"
PLACES_OF_DIGITS = Marks([], (DIGITS_ADDRESS,))
PLACES = Marks([], (DIGITS_ADDRESS, TIDES_ADDRESS, DEVICE))
CAME_FROM = {DIGITS_ADDRESS: ("wei", "lena"), TIDES_ADDRESS: ("jonas", "wei")}
NOTHING = Predictions(
    teams=2,
    compared=2,
    judged=0,
    rows=6,
    all_rows=6,
    by_labels=True,
    by_numbers=False,
    pairs=0,
    closeness_by_labels=[],
    closeness_by_numbers=[],
    same_files=[],
    identical=[],
    near=[],
    given=[],
    unread=[],
)


def add_reports(session: Session, world: World) -> None:
    """Give both challenges a report, and their people places that they share."""
    people, teams = world.cast.people, world.cast.teams
    for address, names in CAME_FROM.items():
        for name in names:
            seen = {"what": "submission", "address": address, "device": DEVICE}
            session.add(Sighting(account_id=people[name].id, at=NOON, **seen))
    for slug, address, shared in (
        ("digits", DIGITS_ADDRESS, ("pandas", "isar")),
        ("tides", TIDES_ADDRESS, ("moon",)),
    ):
        place = Shared(
            teams=[teams[team].id for team in shared],
            accounts=[people[name].id for name in CAME_FROM[address]],
            uploads=2,
            everywhere=2,
        )
        findings = Findings(predictions=NOTHING, jumps=[], devices=[place], addresses=[place])
        phase = world.cast.phases["phase_a" if slug == "digits" else f"{slug}_a"]
        report = IntegrityReport(
            challenge_id=phase.challenge_id,
            phase_id=phase.id,
            state=ReportState.DONE,
            asked_at=NOON,
            as_of=NOON,
            made_at=NOON,
            findings=findings.model_dump(mode="json"),
        )
        session.add(report)
        session.flush()
        world.ids[f"report of {slug}"] = report.id or 0
