"""After a correction of the metric every page names the one that its scores are of."""

import re

import pytest

from server.boards.actions import go_live
from server.boards.scored_by import metric_of, metrics_of
from server.challenges.models import Challenge
from server.evaluations.rules import EvaluationState
from tests.boards.scored import evaluate, scored
from tests.cast import NOON, sign_in
from tests.corrections.correcting import beside, complete, rescored

F1 = {"scorer": "f1", "params": {"average": "macro"}}


@pytest.fixture
def corrected(session, cast):
    """Phase a was scored by accuracy, and is by F1 now; phase b will be by what it says."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    sent = scored(session, phase, session.merge(cast.pandas), 0.75, 0.5, by=cast.wei)
    second = beside(session, phase, spec=F1)
    second.scorer = "f1"
    rescored(session, second, sent, (0.625, 0.375))
    complete(session, second)
    assert second.state is EvaluationState.COMPLETE
    go_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    session.commit()
    return phase


def test_each_phase_has_the_metric_that_it_is_scored_by(session, cast, corrected):
    challenge = session.get_one(Challenge, cast.digits.id)
    phases = [corrected, session.merge(cast.phases["phase_b"])]
    found = metrics_of(session, challenge, phases)
    assert [(m.title, [p.slug for p in of]) for m, of in found] == [
        ("F1", ["a"]),
        ("Accuracy", ["b"]),
    ]
    assert metric_of(session, challenge, phases[0]).params == {"average": "macro"}


def test_phases_of_one_metric_are_named_together(session, cast):
    challenge = session.get_one(Challenge, cast.digits.id)
    phases = [session.merge(cast.phases[name]) for name in ("phase_a", "phase_b")]
    evaluate(session, phases[0])
    ((metric, of),) = metrics_of(session, challenge, phases)
    assert (metric.name, of) == ("accuracy", phases)
    assert metric_of(session, challenge, None).name == "accuracy"


def test_the_challenge_s_page_says_which_phase_is_scored_by_what(client, corrected):
    page = re.sub(r"\s+", " ", client.get("/challenges/digits").text)
    assert "<strong>A board</strong><br>F1 <code>average=macro</code>" in page
    assert "<strong>B board</strong><br>Accuracy" in page


def test_the_api_names_the_metric_of_the_present_phase(client, corrected):
    said = client.get("/api/v1/challenges/digits").json["scorer"]
    assert (said["name"], said["title"], said["params"]) == ("f1", "F1", {"average": "macro"})


def test_a_team_s_own_scores_are_drawn_as_what_they_are(app, cast, corrected):
    browser = sign_in(app.test_client(), cast.wei)
    page = browser.get("/challenges/digits/submissions").text
    chart, rows = page[page.index("own-chart") :].split("own-submissions")
    assert "Accuracy" not in page
    assert "F1" in chart
    assert 'data-label="Score"' in rows
