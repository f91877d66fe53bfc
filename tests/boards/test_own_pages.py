"""A team's own submissions: over time, sifted, picked, and with its notes."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.own_history import history_of
from server.challenges.rules import Ranking
from server.shared.events import Event
from server.submissions.models import SubmissionNote
from server.submissions.rules import LONGEST_NOTE, SubmissionState
from server.teams.models import Team
from tests.boards.scored import reveal_now, scored, submitted
from tests.cast import NOON, sign_in

PAGE = "/challenges/digits/submissions"


@pytest.fixture
def sent(session, cast, board):
    """Four scores of the Giant Pandas, of which the second is the best, and a rejected file."""
    team = session.merge(cast.pandas)
    made = [
        scored(
            session,
            board,
            team,
            public,
            private,
            at=NOON - timedelta(hours=9 - i),
            by=cast.wei,
            comment=f"try {i}",
        )
        for i, (public, private) in enumerate(
            [(0.51, 0.6111), (0.82, 0.6222), (0.73, 0.6333), (0.84, 0.6444)]
        )
    ]
    made[3].withdrawn_at = NOON
    session.add(made[3])
    made.append(
        submitted(
            session,
            board,
            team,
            state=SubmissionState.REJECTED,
            at=NOON - timedelta(minutes=5),
            by=cast.mei,
        )
    )
    session.commit()
    return made


@pytest.fixture
def drawn(app, database, cast, board):
    def drawn():
        with app.test_request_context(), database.reading() as session:
            return history_of(session, team_id=cast.pandas.id, phase_id=board.id)

    return drawn


def test_each_score_has_its_interval_and_the_best_so_far_leaves_out_what_was_withdrawn(
    drawn, sent
) -> None:
    chart = drawn()
    scores, best = chart.series
    assert [mark.point.y for mark in scores.marks] == [0.51, 0.82, 0.73, 0.84]
    assert scores.marks[0].point.low == pytest.approx(0.49)
    assert scores.marks[0].point.href == f"/submissions/{sent[0].id}"
    assert [mark.point.y for mark in best.marks] == [0.51, 0.82]


def test_of_an_error_the_lowest_is_the_best(drawn, session, cast, board, sent) -> None:
    challenge = session.merge(cast.digits)
    challenge.higher_is_better = False
    session.add(challenge)
    session.commit()
    chart = drawn()
    assert [mark.point.y for mark in chart.series[1].marks] == [0.51]


@pytest.mark.parametrize(
    ("higher", "said"), [(True, "higher is better"), (False, "lower is better")]
)
def test_the_chart_of_scores_says_which_way_is_the_good_one(
    higher, said, client, session, cast, board, sent
) -> None:
    challenge = session.merge(cast.digits)
    challenge.higher_is_better = higher
    session.add(challenge)
    session.commit()
    page = sign_in(client, cast.wei).get(PAGE).text
    caption = page[page.index("<figcaption>") : page.index("</figcaption>")]
    assert said in caption


def test_the_chart_says_on_a_phone_too_that_its_hours_are_of_utc(client, cast, board, sent) -> None:
    page = sign_in(client, cast.wei).get(PAGE).text
    caption = page[page.index("<figcaption>") : page.index("</figcaption>")]
    assert "Times below are in UTC." in caption


def test_final_scores_are_drawn_after_the_reveal_only(
    drawn, client, session, cast, board, sent
) -> None:
    reader = sign_in(client, cast.wei)
    before = reader.get(PAGE).text
    assert not [m for m in ("0.6111", "0.6222", "0.6333") if m in before]
    assert len(drawn().series) == 2
    reveal_now(session, board)
    session.commit()
    finals = drawn().series[2]
    assert [mark.point.y for mark in finals.marks] == [0.6111, 0.6222, 0.6333, 0.6444]
    assert "0.6222" in reader.get(PAGE).text


def test_on_a_ladder_nothing_raw_is_drawn(drawn, client, session, cast, board, sent) -> None:
    board.ranking = Ranking.LADDER
    session.add(board)
    session.commit()
    assert drawn() is None
    page = sign_in(client, cast.wei).get(PAGE).text
    assert not [raw for raw in ("0.8200", "0.7300", "0.5100") if raw in page]


def test_the_list_is_sifted_by_state_phase_and_words(client, session, cast, board, sent) -> None:
    reader = sign_in(client, cast.wei)

    def numbers(query: str) -> list[int]:
        page = reader.get(f"{PAGE}?{query}").text
        return [s.id for s in sent if f'<div class="text-muted small">#{s.id} ' in page]

    assert numbers("") == [s.id for s in sent]
    assert numbers("state=rejected") == [sent[4].id]
    assert numbers("q=try+2") == [sent[2].id]
    assert numbers("phase=b") == []
    assert numbers("state=nonsense&phase=nonsense") == [s.id for s in sent]
    assert "No submission of your team is like that." in reader.get(f"{PAGE}?q=nobody").text
    assert "&lt;script&gt;" in reader.get(f"{PAGE}?q=<script>").text
    reader.post(f"/submissions/{sent[1].id}/note", data={"note": "the quick brown fox"})
    assert numbers("q=BROWN") == [sent[1].id]


def test_picks_say_how_many_are_made_and_until_when(client, session, cast, board, sent) -> None:
    board.ranking = Ranking.SELECTED
    session.add(board)
    session.commit()
    reader = sign_in(client, cast.wei)
    assert "0 of 2 picked for the final ranking" in reader.get(PAGE).text
    assert "You may pick 2 more" in reader.get(PAGE).text
    for submission in sent[:2]:
        reader.post(f"/submissions/{submission.id}/select")
    page = reader.get(PAGE).text
    assert "2 of 2 picked for the final ranking" in page
    assert "To pick another, drop one first." in page
    # One pick too many is said where it was tried, and so is one that fits.
    wanted = {"next": f"{PAGE}?page=1"}
    for choice, said in (("select", "You may pick 2."), ("unselect", "It is no longer picked.")):
        number = sent[2 if choice == "select" else 0].id
        answer = reader.post(f"/submissions/{number}/{choice}", data=wanted)
        assert (answer.status_code, answer.location) == (303, wanted["next"])
        assert said in reader.get(PAGE).text


def test_a_note_is_the_team_s_and_can_be_changed_and_removed(
    client, database, cast, board, sent
) -> None:
    wei = sign_in(client, cast.wei)
    mei = sign_in(client.application.test_client(), cast.mei)
    address = f"/submissions/{sent[0].id}"
    answer = wei.post(f"{address}/note", data={"note": "  deeper trees <b> \u202ex "})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#team-note")
    assert "deeper trees &lt;b&gt;" in mei.get(address).text
    assert "deeper trees &lt;b&gt;" in mei.get(PAGE).text
    mei.post(f"{address}/note", data={"note": "wider trees"})
    with database.reading() as reading:
        (kept,) = reading.exec(select(SubmissionNote))
        assert (kept.text, kept.account_id) == ("wider trees", cast.mei.id)
    mei.post(f"{address}/note", data={"note": " "})
    with database.reading() as reading:
        assert reading.exec(select(SubmissionNote)).first() is None
        events = reading.exec(select(Event).where(Event.kind == "submission.noted")).all()
        assert [event.data for event in events] == [{}, {}, {}]


def test_a_note_that_is_too_long_is_refused_and_nothing_typed_is_lost(
    client, session, cast, board, sent
) -> None:
    typed = "x" * (LONGEST_NOTE + 1)
    answer = sign_in(client, cast.wei).post(f"/submissions/{sent[0].id}/note", data={"note": typed})
    assert answer.status_code == 422
    assert typed in answer.text
    assert "is-invalid" in answer.text
    assert session.exec(select(SubmissionNote)).first() is None


@pytest.mark.parametrize(("person", "status"), [("lena", 404), ("olga", 403), ("ada", 403)])
def test_notes_are_neither_read_nor_written_by_anybody_else(
    client, session, cast, board, sent, person, status
) -> None:
    sign_in(client, cast.wei).post(f"/submissions/{sent[0].id}/note", data={"note": "our secret"})
    reader = sign_in(client.application.test_client(), cast.people[person])
    address = f"/submissions/{sent[0].id}"
    assert "our secret" not in reader.get(address).text
    assert reader.post(f"{address}/note", data={"note": "mine"}).status_code == status
    session.expire_all()
    assert session.exec(select(SubmissionNote)).one().text == "our secret"


def test_the_upload_page_shows_what_was_sent_last_and_when_more_can_be(
    client, session, cast, board, sent
) -> None:
    page = sign_in(client, cast.wei).get("/challenges/digits/submit").text
    assert page.count('class="recent-end"') == 3
    assert "Columns of the file:" in page
    assert "The next day&#39;s quota begins at" in page or "next day's quota begins" in page
    other = sign_in(client.application.test_client(), cast.lena)
    assert 'class="recent-end"' not in other.get("/challenges/digits/submit").text


def test_the_label_of_a_note_belongs_to_its_field_alone(client, cast, board, sent) -> None:
    shown = sign_in(client, cast.wei).get(f"/submissions/{sent[0].id}").text
    assert 'for="note"' in shown
    assert shown.count('id="note"') == 1


def test_the_next_file_goes_to_the_phase_of_the_one_before(client, cast, board, sent) -> None:
    shown = sign_in(client, cast.wei).get(f"/submissions/{sent[0].id}").text
    assert '/challenges/digits/submit?phase=a"' in shown


def test_a_rejected_file_is_not_said_to_be_scored(client, session, cast, board, sent) -> None:
    sent[4].scored_at = NOON
    session.add(sent[4])
    session.commit()
    shown = sign_in(client, cast.wei).get(f"/submissions/{sent[4].id}").text
    assert "checked at" in shown
    assert "scored at" not in shown


def test_who_waits_after_a_fault_of_ours_is_told_that_it_is_tried_again(
    client, session, cast, board, sent
) -> None:
    page = f"/submissions/{sent[0].id}"
    reader = sign_in(client, cast.wei)
    sent[0].state, said = SubmissionState.QUEUED, "you need not send it again"
    session.commit()
    assert said not in reader.get(page).text
    sent[0].attempts = 1
    session.commit()
    assert said in reader.get(page).text


def test_no_submission_of_a_disqualified_team_is_said_to_count(
    client, session, cast, board, sent
) -> None:
    team = session.get_one(Team, cast.pandas.id)
    team.disqualified_at, team.disqualified_reason = NOON, "Two accounts of one person."
    session.add(team)
    session.commit()
    page = sign_in(client, cast.wei).get(f"/submissions/{sent[0].id}").text
    assert "Two accounts of one person." in page
    assert "the team is on no board" in page
    assert "counts on the board" not in page
