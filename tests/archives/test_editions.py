"""A new edition's times: all move by as much as the first phase does."""

from datetime import UTC, datetime

import pytest

from server.archives.editions import edition_of, first_start
from server.shared.errors import Invalid

DEFINITION = {
    "title": "Wines",
    "licence": "CC BY 4.0",
    "teams": {"max_size": 4, "lock_at": "2026-01-20T00:00:00Z"},
    "phases": [
        {"slug": "b", "starts": "2026-02-01T12:30:00Z", "ends": "2026-02-08T12:30:00Z"},
        {"slug": "a", "starts": "2026-01-01T12:30:00Z", "ends": "2026-01-31T12:30:00Z"},
    ],
}


def test_all_times_move_by_as_much_and_the_rest_stays():
    starts = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
    made = edition_of(DEFINITION, title="Wines 2027", starts=starts)
    assert made["title"] == "Wines 2027"
    assert made["licence"] == "CC BY 4.0"
    assert made["teams"] == {"max_size": 4, "lock_at": "2027-01-20T20:30:00Z"}
    assert [(p["slug"], p["starts"], p["ends"]) for p in made["phases"]] == [
        ("b", "2027-02-02T09:00:00Z", "2027-02-09T09:00:00Z"),
        ("a", "2027-01-02T09:00:00Z", "2027-02-01T09:00:00Z"),
    ]
    assert first_start(made) == starts
    assert DEFINITION["title"] == "Wines"


@pytest.mark.parametrize("year", [2, 2201, 9999])
def test_a_year_that_nobody_means_is_refused(year):
    with pytest.raises(Invalid):
        edition_of(DEFINITION, title="Wines", starts=datetime(year, 12, 31, tzinfo=UTC))
