"""A metric tried on two small tables: scored by a worker, shown to who asked, and forgotten."""

from io import BytesIO

import pytest
from sqlmodel import select

from server.app import create_app
from server.trials.actions import forget_old_trials
from server.trials.models import TRIALS, Trial
from server.trials.rules import MOST_PASTED, TrialState
from server.trials.working import Trier
from tests.cast import sign_in
from tests.drafts.drafting import make_tools

TRUTH = "id,y\n1,a\n2,b\n3,a\n4,b\n"
GUESS = "id,y\n1,a\n2,b\n3,b\n4,b\n"
FORM = {"metric": "accuracy", "truth": TRUTH, "prediction": GUESS, "id_column": "id"}


@pytest.fixture
def olga(client, cast, settings):
    settings.create_challenges = "confirmed"
    return sign_in(client, cast.olga)


@pytest.fixture
def trier(settings, database, clock, tmp_path, monkeypatch) -> Trier:
    # As a child has it: what is tried lies in its folder.
    monkeypatch.chdir(tmp_path)
    return Trier(make_tools(settings, database, clock))


def tried(browser, trier, **changed) -> str:
    """Send a trial, have it scored, and return its page."""
    answer = browser.post("/organise/trials", data=FORM | changed)
    assert answer.status_code == 303, answer.text
    trier.work(int(answer.location.rsplit("/", 1)[1]))
    return browser.get(answer.location).text


def test_an_example_shows_a_score_with_one_click(olga, trier):
    page = olga.get("/organise/trials?metric=rmse").text
    assert "id,price" in page
    text = tried(olga, trier)
    assert "0.75" in text
    assert "95 % interval" in text
    assert "1,a" in text


def test_an_example_names_its_rows_as_the_draft_does_also_the_second_time(olga, trier):
    page = olga.get("/organise/trials?metric=rmse&draft=7&id_column=plot").text
    assert "plot,price" in page
    assert 'value="plot"' in page
    truth, guess = (BytesIO(text.replace("id", "plot").encode()) for text in (TRUTH, GUESS))
    files = {"truth_file": (truth, "t.csv"), "prediction_file": (guess, "p.csv")}
    text = tried(olga, trier, **files, id_column="plot")
    assert "id_column=plot" in text
    assert "id,price" in olga.get("/organise/trials?metric=rmse&id_column=a,b").text


def test_one_comes_back_to_the_draft_with_the_metric_and_parameters_that_were_tried(olga):
    page = olga.get("/organise/trials?metric=fbeta&param-beta=2&draft=7").text
    assert 'href="/organise/drafts/7/metric?metric=fbeta&amp;param-beta=2"' in page
    assert "Back to the draft" not in olga.get("/organise/trials?metric=fbeta&draft=x").text


def test_a_participants_mistakes_are_shown_as_the_participant_reads_them(olga, trier):
    text = tried(olga, trier, prediction="id,y\n1,a\n2,b\n2,b\n9,a\n")
    assert "The submission would be rejected." in text
    assert "“2”" in text


def test_the_organisers_mistakes_are_shown_as_such(olga, trier):
    text = tried(olga, trier, metric="log_loss", truth="id,y\n1,a\n1,b\n")
    assert "The solution and the metric don't fit together." in text


def test_a_table_with_usage_shows_both_boards(olga, trier):
    truth = "id,y,Usage\n1,a,Public\n2,b,Public\n3,a,Private\n4,b,Private\n"
    text = tried(olga, trier, truth=truth)
    assert "public rows" in text
    assert "private rows" in text


def test_files_are_taken_too_and_are_not_shown_again(olga, trier, database):
    answer = olga.post(
        "/organise/trials",
        data=FORM | {"truth_file": (BytesIO(TRUTH.encode()), "t.csv")},
        content_type="multipart/form-data",
    )
    trier.work(int(answer.location.rsplit("/", 1)[1]))
    page = olga.get(answer.location).text
    assert "0.75" in page
    assert "<textarea" not in page


def test_what_is_too_large_or_missing_is_told_and_the_rest_is_kept(olga, monkeypatch):
    for room in ("actions", "pages"):
        monkeypatch.setattr(f"server.trials.{room}.MOST_UPLOADED", 1000)
    answer = olga.post("/organise/trials", data=FORM | {"truth": "x" * (MOST_PASTED + 1)})
    assert answer.status_code == 413
    answer = olga.post("/organise/trials", data=FORM | {"truth": " "})
    assert answer.status_code == 422
    assert "3,b" in answer.text
    big = {"prediction_file": (BytesIO(b"x" * 1001), "p.csv")}
    answer = olga.post("/organise/trials", data=FORM | big, content_type="multipart/form-data")
    assert answer.status_code == 413
    answer = olga.post("/organise/trials", data=FORM | {"metric": "fbeta", "param-beta": "x"})
    assert answer.status_code == 422
    assert 'id="param-beta-error"' in answer.text


def test_a_trial_is_its_askers_alone(olga, trier, app, cast):
    answer = olga.post("/organise/trials", data=FORM)
    lena = sign_in(app.test_client(), cast.lena)
    assert lena.get(answer.location).status_code == 404
    assert lena.get(f"{answer.location}/state").status_code == 404
    state = olga.get(f"{answer.location}/state").json
    assert state["state"] == "queued"


def test_who_may_not_create_challenges_tries_nothing(client, cast):
    browser = sign_in(client, cast.lena)
    assert browser.get("/organise/trials").status_code == 403
    assert browser.post("/organise/trials", data=FORM).status_code == 403


def test_who_tries_too_often_is_told_so(settings, database, clock, cast):
    settings.create_challenges, settings.rate_limit_trials = "confirmed", "1 per hour"
    app = create_app(settings, clock=clock, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = sign_in(app.test_client(), cast.olga)
    codes = [browser.post("/organise/trials", data=FORM).status_code for _ in range(2)]
    assert codes == [303, 429]


def test_a_trial_is_scored_once_and_forgotten_after_a_day(olga, trier, database, clock):
    answer = olga.post("/organise/trials", data=FORM)
    trial_id = int(answer.location.rsplit("/", 1)[1])
    trier.work(trial_id)
    trier.work(trial_id)
    with database.writing() as session:
        assert session.exec(select(Trial.state)).all() == [TrialState.SCORED]
        assert forget_old_trials(session, now=clock()) == 0
        assert forget_old_trials(session, now=clock.forward(hours=25)) == 1
        session.commit()
    assert olga.get(answer.location).status_code == 404


def test_a_trial_whose_worker_dies_each_time_ends(olga, trier, database, clock):
    olga.post("/organise/trials", data=FORM)
    for _ in range(4):
        with database.writing() as session:
            taken = TRIALS.claim(
                session,
                Trial.id == 1,
                holder="host/1/2/x",
                now=clock(),
                lease=trier.tools.lease,
            )
            assert taken
            TRIALS.give_back(session, "host/1/2/x", died=True)
            session.commit()
    trier.fail_interrupted()
    with database.reading() as session:
        assert session.exec(select(Trial.state)).all() == [TrialState.FAILED]
