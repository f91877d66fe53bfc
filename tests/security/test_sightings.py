"""Where people came from is read by the organisers of their challenge, and by nobody else."""

import json
import logging

import pytest
from sqlmodel import select

from server.integrity.models import IntegrityReport
from server.shared.events import Event
from tests.security.crawling import get
from tests.security.sightings import DEVICE, DIGITS_ADDRESS, PLACES, TIDES_ADDRESS
from tests.security.world import ROLES, World

ALL_BUT_ORGANISERS = sorted(set(ROLES) - {"organiser", "judge", "administrator"})


@pytest.mark.parametrize(
    ("role", "slug", "shown", "hidden"),
    [
        ("organiser", "digits", DIGITS_ADDRESS, TIDES_ADDRESS),
        ("organiser elsewhere", "tides", TIDES_ADDRESS, DIGITS_ADDRESS),
        ("administrator", "digits", DIGITS_ADDRESS, TIDES_ADDRESS),
    ],
)
def test_an_organiser_finds_the_places_of_one_challenge_alone(
    world: World, role: str, slug: str, shown: str, hidden: str
) -> None:
    page = get(world, role, f"/organise/{slug}/integrity").text
    assert shown in page
    assert DEVICE in page
    assert hidden not in page


@pytest.mark.parametrize("role", ALL_BUT_ORGANISERS)
def test_a_report_is_refused_to_everybody_else(world: World, role: str) -> None:
    browser, report = world.browser(role), world.ids["report of digits"]
    due = {302, 401} if role == "visitor" else {403}
    for path in ("", f"/{report}", f"/{report}/live"):
        assert browser.get(f"/organise/digits/integrity{path}").status_code in due
    assert browser.post("/organise/digits/integrity", data={"phase": "a"}).status_code in due


def test_a_report_of_another_challenge_is_not_read_through_the_own_one(world: World) -> None:
    report = world.ids["report of digits"]
    browser = world.browser("organiser elsewhere")
    for path in (f"/{report}", f"/{report}/live"):
        assert browser.get(f"/organise/tides/integrity{path}").status_code == 404


def test_neither_reports_nor_events_nor_logs_hold_an_address(world: World, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    get(world, "organiser", "/organise/digits/integrity")
    world.browser("organiser").post("/organise/digits/integrity", data={"phase": "a"})
    with world.database.reading() as session:
        kept = [json.dumps(r.findings) for r in session.exec(select(IntegrityReport))]
        kept += [json.dumps(e.data) for e in session.exec(select(Event))]
    assert PLACES.search("\n".join([*kept, caplog.text])) is None
