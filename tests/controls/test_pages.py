"""“Run it”: how each phase stands, what deciding does, what was decided, and the reveal."""

from server.challenges.models import Challenge
from server.controls.rules import DECISIONS
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import EvaluationState
from server.shared.events import record
from server.submissions.rules import SubmissionState
from tests.boards.scored import submitted
from tests.cast import NOON, sign_in

URL = "/organise/digits/controls"


def test_the_page_shows_each_phase_and_what_can_be_decided(board, olga):
    page = olga.get(URL).text
    for part in (
        "A board",
        "B board",
        "Pause…",
        "Freeze the board",
        "Extend…",
        "Look, then reveal",
    ):
        assert part in page
    assert "Nothing was decided so far." in page
    assert f'href="{URL}"' in olga.get("/organise/digits").text


def test_each_present_state_is_told(board, olga):
    olga.post("/organise/digits/phases/a/pause", data={"words": "we correct the data"})
    olga.post("/organise/digits/phases/a/freeze")
    olga.post(
        "/organise/digits/phases/a/extend", data={"ends": "2026-12-01T00:00", "reason": "more"}
    )
    page = olga.get(URL).text
    for part in (
        "Paused since",
        "we correct the data",
        "Frozen since",
        "extended; it was",
        "Take submissions again",
        "Let the board move",
    ):
        assert part in page


def test_a_revealed_phase_has_nothing_left_but_practice(session, board, olga):
    board.revealed_at = NOON
    session.commit()
    page = olga.get(URL).text
    assert page.count("Freeze the board") == 1
    assert page.count("Extend…") == 1
    assert "Final ranking" in page


def test_the_history_names_every_decision_who_took_it_and_why(session, cast, board, olga):
    number = submitted(session, board, session.merge(cast.isar)).id
    session.commit()
    phase, team = "/organise/digits/phases/a", f"/organise/digits/teams/{cast.pandas.id}"
    submission = f"/organise/digits/submissions/{number}"
    for path, form in (
        (f"{phase}/pause", {"words": "words of a pause"}),
        (f"{phase}/resume", {}),
        (f"{phase}/freeze", {}),
        (f"{phase}/unfreeze", {}),
        (f"{phase}/extend", {"ends": "2026-12-01T00:00", "reason": "reason to extend"}),
        (f"{team}/disqualify", {"reason": "reason to disqualify"}),
        (f"{team}/reinstate", {"reason": "reason to reinstate"}),
        (f"{submission}/disqualify", {"reason": "reason against a file"}),
        (f"{submission}/reinstate", {"reason": "reason for a file"}),
        (
            f"{URL}/teams/{cast.pandas.id}/extra",
            {"phase": "a", "total": "1", "reason": "reason to give"},
        ),
    ):
        assert olga.post(path, data=form).status_code == 303, path
    page = olga.get(URL).text
    for part in (
        "Submissions to A board paused",
        "words of a pause",
        "Submissions to A board taken again",
        "Public board of A board frozen",
        "Public board of A board moves again",
        "Deadline of A board moved from 2026-11-30 12:00:00 to 2026-12-01 00:00:00 UTC",
        "reason to extend",
        "Team disqualified",
        "Team reinstated",
        "reason to reinstate",
        f"Submission {number}",
        "reason for a file",
        "1 more in all",
        "reason to give",
        "Olga Petrova",
    ):
        assert part in page, part
    of_team = olga.get(f"{URL}/teams/{cast.pandas.id}").text
    assert "reason to disqualify" in of_team
    assert "reason for a file" not in of_team


def test_the_history_has_a_deadline_that_was_brought_forward_in_a_draft(session, cast, board, olga):
    record(
        session,
        "phase.moved",
        at=NOON,
        actor_id=None,
        challenge_id=board.challenge_id,
        subject_id=board.id,
        before="2026-11-30T12:00:00Z",
        ends="2026-11-28T12:00:00Z",
    )
    session.commit()
    page = olga.get(URL).text
    assert "moved from 2026-11-30 12:00:00 to 2026-11-28 12:00:00 UTC" in page
    assert "whoever deployed its folder" in page


def test_every_kind_of_decision_has_words_of_its_own(app, board):
    source = app.jinja_env.loader.get_source(app.jinja_env, "controls/_decisions.html")[0]
    for kind in DECISIONS:
        named = f'"{kind}"' in source
        assert named or kind == "submission.reinstated", kind


def test_a_team_is_found_by_a_part_of_its_name(cast, board, olga):
    page = olga.get(f"{URL}?q=PAND").text
    assert f"{URL}/teams/{cast.pandas.id}" in page
    assert f"{URL}/teams/{cast.isar.id}" not in page
    assert "No team of this challenge" in olga.get(f"{URL}?q=nobody").text


def test_nobody_else_gets_in(app, cast, board):
    browser = sign_in(app.test_client(), cast.wei)
    team = f"{URL}/teams/{cast.pandas.id}"
    for path in (URL, team, f"{URL}/phases/a/reveal"):
        assert browser.get(path).status_code == 403, path
    for path in (
        f"{URL}/pause",
        f"{team}/extra",
        *(f"/organise/digits/phases/a/{what}" for what in ("pause", "freeze", "extend", "reveal")),
    ):
        assert browser.post(path, data={"reason": "x"}).status_code == 403, path


def test_the_page_before_a_reveal_says_what_stands_in_the_way(session, cast, board, olga, clock):
    submitted(session, board, session.merge(cast.isar), state=SubmissionState.QUEUED)
    session.commit()
    page = olga.get(f"{URL}/phases/a/reveal").text
    assert "The phase ends:" in page
    assert "1 submission received in time has no end yet" in page
    assert "Look at it</a>" not in page
    assert olga.get(f"{URL}/phases/z/reveal").status_code == 404


def test_the_page_before_a_reveal_says_what_will_happen_and_leads_to_it(
    session, cast, board, olga, clock, client
):
    following = session.merge(cast.phase_b)
    following.admit_top = 1
    session.commit()
    olga.post("/organise/digits/phases/a/freeze")
    clock.forward(days=10, seconds=1)
    page = olga.get(f"{URL}/phases/a/reveal").text
    for part in (
        "the final ranks of 2 teams",
        "The first 1, with those that share the last place, are admitted to B board",
        "The public board is frozen no longer",
        "I have looked at the private board",
        'action="/organise/digits/phases/a/reveal"',
    ):
        assert part in page, part
    assert olga.post("/organise/digits/phases/a/reveal").status_code == 303
    assert "It is revealed since" in olga.get(f"{URL}/phases/a/reveal").text
    assert "Result of A board revealed" in olga.get(URL).text


def test_the_page_before_a_reveal_names_an_evaluation_that_is_not_decided(session, board, olga):
    assert "is not decided yet" not in olga.get(f"{URL}/phases/a/reveal").text
    live = live_evaluation(session, board.id)
    values = live.model_dump(exclude={"id", "live_at"})
    session.add(Evaluation(**values | {"number": 2, "state": EvaluationState.COMPLETE}))
    session.commit()
    page = olga.get(f"{URL}/phases/a/reveal").text
    assert "Evaluation 2 is not decided yet." in page
    assert "Compare the boards</a>" in page


def test_the_late_days_of_a_class_stand_in_the_way_of_a_reveal_to_their_last_second(
    session, cast, board, olga, clock
):
    session.get_one(Challenge, cast.digits.id).late_days = 2
    session.commit()
    clock.forward(seconds=(board.ends - NOON).total_seconds() + 2 * 86_400)
    page = olga.get(f"{URL}/phases/a/reveal").text
    assert "Late files are taken for a grade until:" in page
    assert "I have looked at the private board" not in page
    clock.forward(seconds=1)
    page = olga.get(f"{URL}/phases/a/reveal").text
    assert "The late days of the class are over:" in page
    assert "I have looked at the private board" in page
