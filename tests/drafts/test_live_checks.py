"""The check of a live challenge as it is: by its people alone, with what its teams' scores tell."""

from io import BytesIO
from pathlib import Path

import pytest
from sqlmodel import select

from scorers.solutions.sides import read_sides
from server.boards.scoring import Scorer
from server.challenges.models import Organiser
from server.challenges.rules import Role
from server.drafts.looking import check_in_child
from server.drafts.models import ChallengeDraft, DraftJob
from server.drafts.rules import DraftState, JobKind
from server.evaluations.models import Evaluation
from server.folders.reading import read_folder
from server.submissions.models import Submission
from tests.cast import NOON, sign_in
from tests.drafts.drafting import BASELINE, PHASE, SOLUTION
from tests.evaluations.standing import sides_in

CHECK = "/organise/petals/check"


@pytest.fixture
def live(desk):
    """Olga's challenge of petals, which runs."""
    desk.begin()
    desk.fill()
    desk.post("/phases/final", **(PHASE | {"starts": "2026-11-19T10:00"}))
    desk.upload("/baselines", ("b.csv", BASELINE), title="coin and rule", phase="final")
    desk.work()
    desk.launch()
    return desk


def play(live, app, cast, **files: str) -> None:
    """Let each of the cast compete with a file of their own."""
    for name, text in files.items():
        student = sign_in(app.test_client(), cast.people[name])
        student.post("/challenges/petals/join")
        answer = student.post(
            "/challenges/petals/submit",
            data={"file": (BytesIO(text.encode()), f"{name}.csv")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303, answer.text
    scorer = Scorer(live.tools, base_url="http://localhost")
    for submission_id in live.all(select(Submission.id)):
        scorer.score(submission_id)


def wrong_in(*rows: int) -> str:
    """The answers, but for some rows."""
    lines = SOLUTION.splitlines()
    for row in rows:
        number, kind = lines[row].split(",")
        lines[row] = f"{number},{'ab'[kind == 'a']}"
    return "\n".join(lines) + "\n"


def test_a_check_as_it_runs_now_is_made_by_the_worker_and_kept(live):
    assert "Not checked yet" in live.client.get(CHECK).text
    assert f'href="{CHECK}"' in live.client.get("/organise/petals").text
    assert live.client.post(CHECK).status_code == 303
    assert live.client.get(f"{CHECK}/state").json["state"] == "queued"
    live.work()
    page = live.client.get(CHECK).text
    assert "As of" in page
    assert "From the error of “coin and rule”" in page
    assert "private/" not in page
    assert live.client.get(f"{CHECK}/state").json["state"] == "done"


def test_the_scores_of_real_teams_give_the_noise(live, app, cast):
    play(live, app, cast, lena=wrong_in(3, 9, 14), mei=wrong_in(4, 20, 31, 50), amina=BASELINE)
    live.client.post(CHECK)
    live.work()
    page = live.client.get(CHECK).text
    told = page[page.index("Measured between") :].split("</p>")[0]
    assert "Lena Vogt" in told or "李梅" in told
    assert "coin and rule" not in told
    assert "From the error of" not in page


def test_a_phase_that_has_run_is_not_told_to_be_over(live, clock):
    assert live.client.post(CHECK).status_code == 303
    clock.forward(days=60)
    live.work()
    (job,) = live.all(select(DraftJob).where(DraftJob.kind == JobKind.LIVE))
    codes = {line["code"] for line in job.report["lines"]}
    assert "detectable" in codes
    assert "past" not in codes


def test_a_draft_of_changes_is_not_told_to_move_the_times_of_a_phase_that_has_run(
    live, clock, cast
):
    clock.forward(days=60)
    sign_in(live.client, cast.people["olga"])
    answer = live.client.post("/organise/petals/change")
    live.id = int(answer.location.split("/")[3])
    live.work()
    text = live.check()
    assert "Worth knowing" in text
    assert "is over already" not in text


def test_pressing_twice_makes_one_check_and_one_mirror_that_nobody_can_open(live, app, cast):
    for _ in range(2):
        live.client.post(CHECK)
    live.work()
    live.client.post(CHECK)
    live.work()
    (mirror,) = live.all(select(ChallengeDraft).where(ChallengeDraft.state == DraftState.MIRROR))
    assert len(live.all(select(DraftJob).where(DraftJob.kind == JobKind.LIVE))) == 2
    for rest in ("", "/about", "/check"):
        assert live.client.get(f"/organise/drafts/{mirror.id}{rest}").status_code == 404
    assert live.client.post(f"/organise/drafts/{mirror.id}/check").status_code == 404
    assert f"/drafts/{mirror.id}" not in live.client.get("/organise").text


def test_judges_read_the_check_and_nobody_else_does(live, app, cast, session):
    live.client.post(CHECK)
    live.work()
    lena = sign_in(app.test_client(), cast.lena)
    assert lena.get(CHECK).status_code == 403
    made = live.draft().challenge_id
    session.add(Organiser(challenge_id=made, account_id=cast.lena.id, role=Role.JUDGE))
    session.commit()
    page = lena.get(CHECK)
    assert "Worth knowing" in page.text
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert 'method="post"' not in main
    assert lena.post(CHECK).status_code == 403


def test_a_corrected_phase_is_checked_on_the_rows_that_its_boards_have(live, monkeypatch):
    with live.database.writing() as session:
        evaluation = session.exec(select(Evaluation)).one()
        # Drawn by the seed of a solution that was corrected since.
        evaluation.number, evaluation.spec = 2, {**evaluation.spec, "split_seed": 77}
        session.add(evaluation)
        session.commit()
        boards = sides_in(live.tools.stores, evaluation)
    checked = []

    def run(function, *arguments):
        if function is check_in_child:
            spec = read_folder(Path(arguments[0]), now=NOON).spec_for("final")
            rows = read_sides(Path(spec.sides), ["id"])
            checked.append(dict(rows.select(rows["id"].cast(str), "Usage").iter_rows()))
        return function(*arguments)

    monkeypatch.setattr(live.tools.isolation, "run", run)
    live.client.post(CHECK)
    live.work()
    assert checked == [boards]
    assert live.client.get(f"{CHECK}/state").json["state"] == "done"
