"""What a university's report says: the numbers of its page, read at one moment."""

from hashlib import sha256
from typing import NamedTuple

from sqlmodel import Session

from server.standings.models import Snapshot
from server.standings.progress import Chart, chart_of, progress_of, with_present
from server.standings.queries import Place, SeasonName, places_of, snapshot_of, version_of
from server.standings.results import Found, results_of
from server.standings.rules import Rule
from server.universities.models import University

# A paper's layout is part of what it says: another layout is another version.
LAYOUT = 1


class Facts(NamedTuple):
    """A university over a season; `places` is empty without a result."""

    university: University
    season: SeasonName
    snapshot: Snapshot
    places: dict[Rule, Place]
    results: list[Found]
    chart: Chart | None


def facts_of(session: Session, university: University, season: SeasonName) -> Facts:
    """Return what a report says. All of it stands on public pages."""
    university_id = university.id or 0
    places, snapshot = places_of(session, season, university_id), snapshot_of(session, season)
    moments = with_present(progress_of(session, season, university_id), places, snapshot)
    return Facts(
        university=university,
        season=season,
        snapshot=snapshot,
        places=places,
        results=results_of(session, season, university_id),
        chart=chart_of(moments, Rule.POINTS),
    )


def report_version(session: Session, university: University, season: SeasonName) -> str:
    """Return what changes with every word of a report."""
    names = (university.name, university.native_name, university.country)
    said = f"{LAYOUT}|{version_of(session, season)}|{names}"
    return sha256(said.encode()).hexdigest()
