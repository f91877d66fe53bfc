"""A challenge made in the browser from nothing, launched, and submitted to."""

import re
from io import BytesIO

from sqlmodel import select

from server.boards.scoring import Scorer
from server.challenges.models import Challenge, ChallengeFile, Organiser, Phase
from server.challenges.rules import Role
from server.drafts.rules import DraftState
from server.evaluations.models import Evaluation
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import sign_in
from tests.drafts.drafting import ABOUT, BASELINE, SAMPLE, SOLUTION


def test_an_organiser_makes_a_challenge_and_a_student_is_scored(desk, cast, app, session):
    desk.begin()
    assert desk.client.get(desk.path()).location.endswith("/pages")
    desk.fill()
    desk.upload("/baselines", ("b.csv", BASELINE), title="coin and rule", phase="final")
    text = desk.check()
    assert "these stop the launch" not in text
    assert "Launch" in text
    desk.launch()
    draft = desk.draft()
    assert draft.state is DraftState.LAUNCHED
    challenge = session.exec(select(Challenge).where(Challenge.slug == "petals")).one()
    phase = session.exec(select(Phase).where(Phase.challenge_id == challenge.id)).one()
    assert phase.starts.isoformat() == "2026-11-20T09:00:00+00:00"
    owner = session.get(Organiser, (challenge.id, cast.olga.id))
    assert owner is not None
    assert owner.role is Role.OWNER
    files = session.exec(
        select(ChallengeFile.name)
        .where(ChallengeFile.challenge_id == challenge.id)
        .order_by(ChallengeFile.position)
    ).all()
    assert files == ["train.csv", "test.csv", "sample_submission.csv"]
    session.rollback()

    student = sign_in(app.test_client(), cast.lena)
    assert "Tell them apart" in student.get("/challenges/petals").text
    student.post("/challenges/petals/join")
    answer = student.post(
        "/challenges/petals/submit",
        data={"file": (BytesIO(SOLUTION.encode()), "mine.csv")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.text
    scorer = Scorer(desk.tools, base_url="http://localhost")
    with desk.database.reading() as reading:
        sent = reading.exec(select(Submission.id)).all()
    for submission_id in sent:
        scorer.score(submission_id)
    with desk.database.reading() as reading:
        states = {s.state for s in reading.exec(select(Submission))}
    assert states == {SubmissionState.SCORED}
    assert "coin and rule" in student.get("/challenges/petals/leaderboard").text


def test_a_title_in_another_script_begins_at_an_address_that_says_something(desk):
    desk.begin("肿瘤良恶性判别")
    assert desk.draft().slug == "challenge-2026"
    refused = desk.post("/about", 422, **ABOUT | {"slug": "肿瘤", "summary": "良性还是恶性？"})
    assert "such as autumn-2026" in refused.text
    assert "良性还是恶性？" in refused.text
    # On a telephone the field is far below: the top of the page says what is wrong, and leads there.
    assert '<a href="#slug">Address</a>' in refused.text
    assert "such as autumn-2026" in desk.post("/pages", 422, slug="背景").text
    assert set(desk.draft().pages) == {"overview", "data", "rules"}


def test_a_table_as_a_spreadsheet_writes_it_is_told_from_one_that_can_be_read(desk):
    desk.begin()
    desk.upload("/data/files", ("sample_submission.xlsx", b"PK\x03\x04 no table"))
    desk.work()
    assert "The zip archive is damaged" in desk.get("/data")
    desk.upload("/data/files", ("sample_submission.csv", SAMPLE.replace(",", ";")))
    desk.work()
    text = desk.get("/data")
    assert desk.draft().definition["submission"]["sample"] == "data/sample_submission.csv"
    assert text.count("separated by semicolons or tabs") == 2
    assert "Say below which of its columns" not in text
    desk.upload("/data/files", ("sample_submission.csv", SAMPLE), ("sample_b.csv", SAMPLE))
    desk.work()
    assert "separated by semicolons" not in desk.get("/data")
    assert desk.draft().definition["submission"]["sample"] == "data/sample_submission.csv"


def test_topics_are_separated_by_the_commas_of_either_script(desk):
    desk.begin()
    desk.post("/about", **ABOUT | {"tags": "视觉，医学、表格, vision"})
    assert desk.draft().definition["tags"] == ["视觉", "医学", "表格", "vision"]


def test_a_second_click_launches_nothing_twice(desk):
    desk.begin()
    desk.fill()
    version = desk.draft().version
    first = desk.post("/launch", version=version)
    desk.post("/launch", version=version)
    desk.work()
    desk.post("/launch", version=version)
    assert first.location.endswith("/check")
    assert len(desk.all(select(Challenge))) == 2
    assert "is launched" in desk.get("/check")


def test_a_step_that_is_wrong_is_not_left_in_silence(desk, cast):
    desk.begin()
    taken = desk.post("/about", **ABOUT | {"slug": "digits"}, then="next")
    assert taken.location.endswith("/about")
    page = desk.get("/about")
    assert "something is not right yet" in page
    assert "Another challenge has the address digits" in page
    assert desk.post("/about", **ABOUT, then="next").location.endswith("/pages")


def test_a_sample_without_the_id_column_says_which_columns_it_has(desk):
    desk.begin()
    desk.upload("/data/files", ("sample_submission.csv", "song,bird\n1,wren\n"))
    desk.work()
    page = desk.get("/data")
    assert "names a row: song, bird." in page
    # The first whose cells all differ stands in the form already.
    assert re.search(r'<input[^>]*name="id_column"[^>]*value="song"', page)
    assert 'data-value=\\"song\\"' in desk.get("/data/state")
    wanted = {"sample": "data/sample_submission.csv", "id_column": "song", "labels": ""}
    saved = desk.post("/data", **wanted, max_mb="5", then="next")
    assert saved.location.endswith("/metric")
    assert "something is not right yet" not in desk.get("/data")


def test_a_new_challenge_stays_a_new_one_when_it_is_launched(desk):
    desk.begin()
    desk.fill()
    desk.launch()
    page = desk.get("/check")
    assert "is launched" in page
    assert "Changes of a challenge" not in page
    assert "Check and apply" not in page


def test_the_step_counts_the_rows_that_the_launch_will_draw(desk, session):
    desk.begin()
    desk.fill()
    grouped = "id,kind,field\n" + "".join(
        f"{i},{'ab'[i % 2]},{sum(i > end for end in (20, 35, 46, 54))}\n" for i in range(1, 61)
    )
    desk.upload("/solution/final", ("grouped.csv", grouped))
    desk.post("/metric", metric="accuracy", unit_column="field")
    typed = {"by": "rows", "public_percent": "40", "column": "", "public": ""}
    desk.post(
        "/solution/final/split",
        **{f"split-final-{name}": value for name, value in typed.items()},
    )
    desk.work()
    counted = re.search(r"(\d+) public and (\d+) private", desk.get("/solution"))
    assert counted is not None
    desk.launch()
    live = session.exec(select(Evaluation).order_by(Evaluation.id.desc())).first()
    assert (live.rows_public, live.rows_private) == tuple(map(int, counted.groups()))


def test_a_live_challenge_is_changed_by_a_draft_that_shows_each_difference(desk, session):
    desk.begin()
    desk.fill()
    desk.upload("/baselines", ("b.csv", BASELINE), title="coin and rule", phase="final")
    desk.launch()
    assert "Begin a draft of changes" in desk.client.get("/organise/petals/change").text
    answer = desk.client.post("/organise/petals/change")
    again = desk.client.post("/organise/petals/change")
    assert answer.location == again.location
    desk.id = int(answer.location.split("/")[3])
    desk.work()
    unchanged = desk.check()
    assert "Nothing: the challenge is as the draft says." in unchanged
    desk.post("/pages/overview", slug="overview", markdown="Written anew.")
    desk.post("/teams", max_size="2", join="open", registration="open", invited="", ask="")
    text = desk.check()
    assert "<del># Petals</del>" in text
    assert "<ins>Written anew.</ins>" in text
    assert "Most people in a team" in text
    assert "max_size" not in text
    assert "markdown" not in text
    assert "Written anew." not in desk.client.get("/challenges/petals").text
    desk.launch()
    assert "are applied" in desk.get("/check")
    assert "Written anew." in desk.client.get("/challenges/petals").text
    assert [c.max_size for c in desk.all(select(Challenge).where(Challenge.slug == "petals"))] == [
        2
    ]


def test_more_megabytes_than_the_server_takes_are_refused_at_the_field(desk, settings):
    settings.max_upload_bytes = 7_900_000
    desk.begin()
    desk.fill()
    assert "This server takes at most 7 megabytes." in desk.get("/data")
    wanted = {"sample": "data/sample_submission.csv", "id_column": "id", "labels": ""}
    refused = desk.post("/data", status=422, **wanted, max_mb="8").text
    assert 'id="max_mb-error"' in refused
    desk.post("/data", **wanted, max_mb="7")
    assert desk.draft().definition["submission"]["max_bytes"] == 7_000_000


def test_a_launch_without_what_is_still_to_do_says_so(desk):
    desk.begin()
    desk.fill()
    warning = "participants find the challenge without it"
    assert warning not in desk.check()
    for page in ("overview", "data"):
        desk.post(f"/pages/{page}", slug=page, markdown="")
    told = desk.check()
    assert warning in told
    assert "Launch the challenge without what is still to do?" in told


def test_what_does_stop_the_launch_is_not_said_to_let_it_pass(desk, session):
    desk.begin()
    desk.fill()
    desk.check()
    other = session.exec(select(Challenge)).one()
    other.slug = desk.draft().slug
    session.commit()
    told = desk.get("/check")
    assert "Still to do" in told
    assert "does not stop the launch" not in told
