"""Reads of integrity reports, and of what they are made from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.boards.models import Entry
from server.challenges.models import Challenge, ChallengeFile, Phase
from server.challenges.queries import phases_of
from server.evaluations.models import Score
from server.evaluations.rules import Board
from server.integrity.findings import Entrant, Findings, Shared
from server.integrity.models import REPORTS, IntegrityReport
from server.integrity.rules import (
    MOST_GROUPS,
    MOST_IN_A_GROUP,
    MOST_TEAMS,
    WAITING,
    Scored,
    standard_error,
)
from server.shared.errors import N_, NotFound
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team

# What a sample or a baseline may weigh to be looked at beside the teams' files.
MOST_OF_KNOWN = 20
READ_AT_ONCE = 5000


def report_by_id(session: Session, report_id: int) -> IntegrityReport:
    """Return a report. Raises NotFound."""
    report = session.get(IntegrityReport, report_id)
    if report is None:
        raise NotFound(N_("There is no such report."))
    return report


def reports_of(session: Session, challenge_id: int) -> list[IntegrityReport]:
    """Return the reports of a challenge, the newest first, without reading what they found."""
    query = (
        select(IntegrityReport)
        .where(IntegrityReport.challenge_id == challenge_id)
        .order_by(col(IntegrityReport.id).desc())
        .options(sa.orm.defer(col(IntegrityReport.findings)))  # type: ignore[arg-type]
    )
    return list(session.exec(query))


def waiting_report(session: Session, phase_id: int) -> IntegrityReport | None:
    """Return the report on a phase that is under way."""
    query = select(IntegrityReport).where(
        IntegrityReport.phase_id == phase_id, col(IntegrityReport.state).in_(WAITING)
    )
    return session.exec(query).first()


def reports_to_make(session: Session, *, now: datetime) -> list[int]:
    """Return the reports that nobody makes, the oldest first."""
    query = select(IntegrityReport.id).where(REPORTS.free(now)).order_by(col(IntegrityReport.id))
    return [i for i in session.exec(query) if i is not None]


class Counted(NamedTuple):
    """A team's counted submission, and its file."""

    entrant: Entrant
    sha256: str


def counted_submissions(session: Session, phase_id: int) -> tuple[list[Counted], int]:
    """Return the counted submissions of the best teams of a phase, and how many teams there are.

    Disqualified teams stand behind the others; a baseline is no team.
    """
    of_teams = (
        col(Entry.phase_id) == phase_id,
        col(Entry.board) == Board.PUBLIC,
        col(Entry.team_id).is_not(None),
    )
    query = (
        sa.select(col(Entry.team_id), col(Submission.id), col(Submission.sha256))
        .join(Submission, col(Submission.id) == col(Entry.submission_id))
        .where(*of_teams)
        .order_by(col(Entry.ranked).desc(), col(Entry.key), col(Entry.submitted_at))
        .limit(MOST_TEAMS)
    )
    teams = session.execute(sa.select(func.count()).select_from(Entry).where(*of_teams))
    found = [
        Counted(Entrant(team=team, submission=submission), sha256)
        for team, submission, sha256 in session.execute(query)
    ]
    return found, int(teams.scalar_one())


def known_files(session: Session, challenge_id: int, phase_id: int) -> list[str]:
    """Return the files that everybody was given and could send in: baselines, samples."""
    baselines = select(Submission.sha256).where(
        Submission.phase_id == phase_id, col(Submission.baseline).is_not(None)
    )
    samples = select(ChallengeFile.sha256).where(
        ChallengeFile.challenge_id == challenge_id, col(ChallengeFile.name).icontains("sample")
    )
    found = {*session.exec(baselines), *session.exec(samples)}
    return sorted(found)[:MOST_OF_KNOWN]


def same_files(
    session: Session, challenge_id: int, phase_id: int, *, known: Sequence[str]
) -> list[list[Entrant]]:
    """Return the files that several teams sent to a phase, byte for byte: each team's first."""
    of_teams = (col(Submission.phase_id) == phase_id, col(Submission.team_id).is_not(None))
    offered = select(ChallengeFile.sha256).where(ChallengeFile.challenge_id == challenge_id)
    several = (
        select(Submission.sha256)
        .where(
            *of_teams,
            col(Submission.sha256).not_in(known),
            col(Submission.sha256).not_in(offered),
        )
        .group_by(col(Submission.sha256))
        .having(func.count(sa.distinct(col(Submission.team_id))) > 1)
        .order_by(func.min(Submission.id))
        .limit(MOST_GROUPS)
    )
    query = (
        sa.select(col(Submission.sha256), col(Submission.team_id), func.min(Submission.id))
        .where(*of_teams, col(Submission.sha256).in_(several.subquery().select()))
        .group_by(col(Submission.sha256), col(Submission.team_id))
        .order_by(func.min(Submission.id))
    )
    groups: dict[str, list[Entrant]] = defaultdict(list)
    for sha256, team, submission in session.execute(query):
        groups[sha256].append(Entrant(team=team, submission=submission))
    return [group[:MOST_IN_A_GROUP] for group in groups.values()]


def scored_in_order(session: Session, phase_id: int, evaluation_id: int) -> Iterator[Scored]:
    """Yield the scored submissions of a phase's teams, in the order in which they came in."""
    query = (
        sa.select(
            col(Submission.id),
            col(Submission.team_id),
            col(Submission.received_at),
            col(Score.value),
            col(Score.low),
            col(Score.high),
        )
        .join(Score, col(Score.submission_id) == col(Submission.id))
        .where(
            col(Submission.phase_id) == phase_id,
            col(Submission.team_id).is_not(None),
            col(Submission.state) == SubmissionState.SCORED,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Score.evaluation_id) == evaluation_id,
            col(Score.board) == Board.PUBLIC,
        )
        .order_by(col(Submission.received_at), col(Submission.id))
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for submission, team, at, value, low, high in session.execute(query):
        yield Scored(submission, team, at, value, standard_error(low, high))


class Names(NamedTuple):
    """Who the teams, accounts and submissions of a report are, by their ids."""

    teams: dict[int, Team]
    accounts: dict[int, Account]
    submissions: dict[int, Submission]


def names_in(session: Session, findings: Findings) -> Names:
    """Return the rows that a report speaks of."""
    said = findings.predictions
    entrants = [
        *(entrant for group in (*said.same_files, *said.identical) for entrant in group),
        *(entrant for pair in said.near for entrant in (pair.one, pair.other)),
        *said.unread,
    ]
    shared: list[Shared] = [*findings.devices, *findings.addresses]
    teams = {e.team for e in entrants} | {j.team for j in findings.jumps}
    teams |= {team for found in shared for team in found.teams}
    submissions = {e.submission for e in entrants} | {j.submission for j in findings.jumps}
    submissions |= {j.before_submission for j in findings.jumps}
    accounts = {account for found in shared for account in found.accounts}
    return Names(
        {t.id or 0: t for t in session.exec(select(Team).where(col(Team.id).in_(teams)))},
        {a.id or 0: a for a in session.exec(select(Account).where(col(Account.id).in_(accounts)))},
        {
            s.id or 0: s
            for s in session.exec(select(Submission).where(col(Submission.id).in_(submissions)))
        },
    )


class Shown(NamedTuple):
    """What the page shows: the phases, all reports, the one looked at and its phase."""

    phases: list[Phase]
    reports: list[IntegrityReport]
    report: IntegrityReport | None
    phase: Phase | None
    waiting: IntegrityReport | None


def shown_report(
    session: Session, challenge: Challenge, *, report_id: int | None, phase_slug: str | None
) -> Shown:
    """Return the report asked for, or else the newest one (of a phase). Raises NotFound."""
    challenge_id = challenge.id or 0
    phases, reports = phases_of(session, challenge_id), reports_of(session, challenge_id)
    wanted = [phase for phase in phases if phase_slug in (None, "", phase.slug)]
    if phase_slug and not wanted:
        raise NotFound(N_("This challenge has no phase %(slug)s."), slug=phase_slug)
    if report_id is not None:
        chosen = [report for report in reports if report.id == report_id]
        if not chosen:
            raise NotFound(N_("There is no such report."))
    else:
        ids = {phase.id for phase in wanted}
        chosen = [report for report in reports if report.phase_id in ids]
    report = chosen[0] if chosen else None
    phase = _phase_of(phases, wanted, report)
    waiting = waiting_report(session, phase.id or 0) if phase is not None else None
    return Shown(phases, reports, report, phase, waiting)


def _phase_of(
    phases: Sequence[Phase], wanted: Sequence[Phase], report: IntegrityReport | None
) -> Phase | None:
    if report is not None:
        return next(phase for phase in phases if phase.id == report.phase_id)
    return wanted[0] if wanted else None
