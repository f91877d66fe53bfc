"""Writes of integrity reports: ask for one, claim it, end it. Every claim is conditional."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from scorers.sentences import to_json
from server.challenges.models import Phase
from server.integrity.findings import Findings
from server.integrity.models import REPORTS, IntegrityReport
from server.integrity.queries import waiting_report
from server.integrity.rules import MOST_INTERRUPTIONS, ReportState
from server.shared.errors import N_
from server.shared.events import record

INTERRUPTED = N_("The worker died again and again while it made this report.")


def ask_for_report(
    session: Session, *, phase: Phase, actor_id: int, now: datetime
) -> IntegrityReport:
    """Have a report made on a phase: the one under way, if there is one."""
    # Who asks at the same moment waits here, and then finds the row.
    held = sa.select(col(Phase.id)).where(col(Phase.id) == phase.id).with_for_update(key_share=True)
    session.execute(held).scalar_one()
    known = waiting_report(session, phase.id or 0)
    if known is not None:
        return known
    report = IntegrityReport(
        challenge_id=phase.challenge_id, phase_id=phase.id or 0, asked_by=actor_id, asked_at=now
    )
    session.add(report)
    session.flush()
    _log(session, "integrity.asked", report, at=now, actor_id=actor_id)
    return report


def _log(
    session: Session, kind: str, report: IntegrityReport, *, at: datetime, actor_id: int | None
) -> None:
    record(
        session,
        kind,
        at=at,
        actor_id=actor_id,
        challenge_id=report.challenge_id,
        subject_id=report.id,
    )


def claim_report(
    session: Session, report_id: int, *, holder: str, now: datetime, lease: timedelta
) -> IntegrityReport | None:
    """Take a report to make it, or return None: somebody else has it, or it is made."""
    which = col(IntegrityReport.id) == report_id
    taken = REPORTS.claim(session, which, holder=holder, now=now, lease=lease, as_of=now)
    if not taken:
        return None
    return session.get(IntegrityReport, report_id, populate_existing=True)


def end_report(
    session: Session,
    report: IntegrityReport,
    *,
    holder: str,
    findings: Findings | None,
    problem: str = "",
    now: datetime,
) -> bool:
    """Write what was found, or why nothing could be; False: the claim is no longer ours."""
    done = findings is not None
    ended = REPORTS.end(
        session,
        col(IntegrityReport.id) == report.id,
        holder=holder,
        state=ReportState.DONE if done else ReportState.FAILED,
        findings=findings.model_dump(mode="json") if findings is not None else None,
        problem=str(problem) or None,
        problem_said=to_json(problem) or None,
        made_at=now,
    )
    if ended:
        kind = "integrity.reported" if done else "integrity.failed"
        _log(session, kind, report, at=now, actor_id=None)
    return ended


def fail_interrupted_reports(session: Session, *, now: datetime) -> None:
    """Fail what took its worker down too often: a report that kills every worker must end."""
    query = select(IntegrityReport).where(
        IntegrityReport.state == ReportState.QUEUED,
        IntegrityReport.interruptions >= MOST_INTERRUPTIONS,
    )
    for report in session.exec(query.with_for_update(skip_locked=True)).all():
        report.state, report.problem, report.made_at = ReportState.FAILED, INTERRUPTED, now
        session.add(report)
        _log(session, "integrity.failed", report, at=now, actor_id=None)
