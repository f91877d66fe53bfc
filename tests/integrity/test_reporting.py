"""A report from asking to reading: made once whatever dies, with evidence and without verdicts."""

from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import select

from scorers.errors import Fault, InvalidSolution
from scorers.sentences import sentence
from server.boards.models import Entry
from server.integrity.actions import (
    ask_for_report,
    claim_report,
    fail_interrupted_reports,
)
from server.integrity.comparing import compare_in_child
from server.integrity.findings import Findings
from server.integrity.models import REPORTS, IntegrityReport
from server.integrity.queries import reports_to_make
from server.integrity.rules import MOST_INTERRUPTIONS, ReportState
from server.shared.events import Event
from server.shared.isolation import Isolation, LimitExceeded, NoChildren
from server.shared.language import speaking
from server.shared.limited import Limits
from server.shared.mail import OutgoingMail
from server.shared.sentences import told
from server.teams.models import Team
from tests.cast import NOON
from tests.integrity.conftest import ROWS, answers, text_of

HOUR = timedelta(hours=1)


@pytest.fixture
def asked(session, cast, stage) -> int:
    report = ask_for_report(session, phase=stage.phase, actor_id=cast.olga.id, now=NOON)
    session.commit()
    return report.id


def read(database, report_id: int) -> IntegrityReport:
    with database.reading() as session:
        return session.get_one(IntegrityReport, report_id)


def found(database, report_id: int) -> Findings:
    report = read(database, report_id)
    assert report.state is ReportState.DONE, report.problem
    return Findings.model_validate(report.findings)


def test_an_honest_board_has_a_report_that_names_nobody(database, contest, reporter, asked) -> None:
    reporter.make(asked)
    said = found(database, asked).predictions
    assert (said.teams, said.compared, said.judged, said.pairs) == (12, 12, 12, 66)
    assert (said.rows, said.by_labels, said.by_numbers) == (ROWS, True, False)
    assert said.same_files == said.identical == []
    assert not any(pair.named for pair in said.near)


def test_what_was_copied_is_named_with_team_and_submission(
    database, session, contest, reporter, asked
) -> None:
    sent = text_of(answers(3))
    same = contest.send(contest.team("Same file"), sent)
    turned = contest.send(
        contest.team("Other order"), text_of(answers(5), order=range(ROWS - 1, -1, -1))
    )
    edited, rng = answers(7), np.random.default_rng(1)
    at = rng.choice(ROWS, ROWS // 20, replace=False)
    edited[at] = (edited[at] + 1) % 3
    near = contest.send(contest.team("Edited"), text_of(edited))
    session.commit()
    teams = {team.name: team.id for team in contest.teams}
    reporter.make(asked)
    said = found(database, asked).predictions
    assert [[e.team for e in group] for group in said.same_files] == [
        [teams["Team 3"], teams["Same file"]]
    ]
    assert said.same_files[0][1].submission == same.id
    (group,) = said.identical
    assert {e.team for e in group} == {teams["Team 5"], teams["Other order"]}
    assert turned.id in {e.submission for e in group}
    (pair,) = [pair for pair in said.near if pair.named]
    assert {pair.one.team, pair.other.team} == {teams["Team 7"], teams["Edited"]}
    assert near.id in {pair.one.submission, pair.other.submission}
    assert pair.labels.differences.rows == ROWS // 20


def test_the_sample_a_baseline_and_the_own_team_are_nobodys_copy(
    database, session, contest, reporter, asked
) -> None:
    given = text_of(np.zeros(ROWS, dtype=int))
    contest.send(None, given, baseline="always zero")
    for name in ("Lazy", "Idle"):
        contest.send(contest.team(name), given, score=0.3)
    contest.send(contest.teams[0], text_of(answers(0)), score=0.1, at=NOON + HOUR)
    session.commit()
    reporter.make(asked)
    said = found(database, asked).predictions
    assert said.same_files == said.identical == []
    assert len(said.given) == 2
    assert said.judged == 12


def test_too_few_teams_are_compared_for_identity_alone(
    database, session, contest, reporter, asked
) -> None:
    for entry in session.exec(
        select(Entry).where(Entry.team_id.in_([t.id for t in contest.teams[7:]]))
    ):
        session.delete(entry)
    session.commit()
    reporter.make(asked)
    said = found(database, asked).predictions
    assert (said.compared, said.judged, said.near) == (7, 0, [])


def test_a_file_that_fits_no_more_is_left_out_and_told(
    database, session, contest, reporter, asked
) -> None:
    contest.send(contest.team("Odd"), "id,digit\n0,1\n")
    session.commit()
    reporter.make(asked)
    said = found(database, asked).predictions
    assert [e.team for e in said.unread] == [contest.teams[-1].id]
    assert said.judged == 12


def test_nothing_happens_by_a_report(database, contest, reporter, asked) -> None:
    def board() -> list[tuple]:
        with database.reading() as session:
            entries = session.exec(select(Entry)).all()
            teams = session.exec(select(Team)).all()
            return [
                *((e.team_id, e.submission_id, e.ranked) for e in entries),
                *((team.id, team.disqualified_at) for team in teams),
            ]

    before = board()
    reporter.make(asked)
    assert board() == before
    with database.reading() as session:
        kinds = [event.kind for event in session.exec(select(Event).order_by(Event.id))]
        letters = session.exec(select(OutgoingMail)).all()
    assert kinds == ["integrity.asked", "integrity.reported"]
    assert letters == []


def test_a_second_press_finds_the_report_under_way(session, cast, stage, asked) -> None:
    again = ask_for_report(session, phase=stage.phase, actor_id=cast.ada.id, now=NOON)
    assert again.id == asked


def test_two_workers_make_one_report(database, reporter, asked, clock) -> None:
    with database.writing() as session:
        assert claim_report(session, asked, holder="host/7/1/x", now=NOON, lease=HOUR)
        session.commit()
    reporter.make(asked)
    assert reporter._isolation.runs == 0
    clock.forward(hours=2)
    reporter.make(asked)
    assert reporter._isolation.runs == 1
    reporter.make(asked)
    assert reporter._isolation.runs == 1
    assert read(database, asked).interruptions == 1


def test_a_worker_that_was_overtaken_writes_nothing(
    database, reporter, asked, clock, monkeypatch
) -> None:
    def overtaken(function, *arguments) -> str:
        clock.forward(hours=2)
        with database.writing() as session:
            claim_report(session, asked, holder="host/7/1/x", now=clock(), lease=HOUR)
            session.commit()
        return function(*arguments)

    monkeypatch.setattr(reporter._isolation, "run", overtaken)
    reporter.make(asked)
    report = read(database, asked)
    assert (report.state, report.lease_holder) == (ReportState.RUNNING, "host/7/1/x")


def test_what_a_dead_worker_held_is_made_again_and_not_for_ever(database, reporter, asked) -> None:
    for _ in range(MOST_INTERRUPTIONS):
        with database.writing() as session:
            assert claim_report(session, asked, holder="host/7/1/x", now=NOON, lease=HOUR)
            REPORTS.give_back(session, "host/7/1", died=True)
            session.commit()
        reporter.fail_interrupted()
    report = read(database, asked)
    assert report.state is ReportState.FAILED
    assert "died" in report.problem


def test_a_worker_that_stops_gives_its_report_back(database, reporter, asked, monkeypatch) -> None:
    def stopped(*_arguments) -> str:
        reporter.stop()
        raise LimitExceeded("the scoring process died (exit code -9)")

    monkeypatch.setattr(reporter._isolation, "run", stopped)
    reporter.make(asked)
    assert read(database, asked).state is ReportState.RUNNING
    with database.writing() as session:
        REPORTS.give_back(session, reporter.tools.name, died=True)
        fail_interrupted_reports(session, now=NOON)
        session.commit()
    assert read(database, asked).state is ReportState.QUEUED
    with database.reading() as session:
        assert reports_to_make(session, now=NOON) == [asked]


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (LimitExceeded("scoring took longer than 1,800 s of wall time"), "failed", "1,800 s"),
        (ValueError("of ours"), "failed", "ValueError: of ours"),
        (NoChildren("the worker stops"), "running", None),
    ],
)
def test_a_report_that_can_not_be_made_says_why(
    database, reporter, asked, monkeypatch, error, state, words
) -> None:
    def fail(*_arguments) -> str:
        raise error

    monkeypatch.setattr(reporter._isolation, "run", fail)
    reporter.make(asked)
    report = read(database, asked)
    assert report.state == state
    assert (words is None) or words in report.problem


def test_a_solution_that_fits_no_more_is_told_in_the_readers_language(
    database, contest, reporter, asked, monkeypatch
) -> None:
    said = sentence("The file has no rows.")

    def unfit(*_arguments, **_named):
        raise InvalidSolution([Fault("sample", said)])

    monkeypatch.setattr("server.integrity.comparing.compare_files", unfit)
    reporter.make(asked)
    report = read(database, asked)
    assert (report.state, report.problem) == (ReportState.FAILED, str(said))
    with speaking("zh"):
        assert told(report.problem_said) == "文件没有数据行。"


def test_a_lost_signal_is_found_by_the_sweep(database, reporter, asked) -> None:
    reporter.sweep()
    reporter.aside.join(60)
    assert read(database, asked).state is ReportState.DONE


def test_a_real_child_compares_within_its_limits(
    database, settings, contest, reporter, asked
) -> None:
    limits = Limits(settings.scoring_memory_bytes, 60)
    child = Isolation(workers=1, limits=limits, preload=[compare_in_child.__module__])
    reporter._isolation = child
    try:
        reporter.make(asked)
    finally:
        child.stop()
    assert found(database, asked).predictions.judged == 12
