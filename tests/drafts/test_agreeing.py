"""A file with other rows than it must have says so at its own step, before anything is checked."""

from tests.drafts.drafting import BASELINE, PHASE, SAMPLE, SOLUTION

FEWER = SOLUTION.replace("7,b\n", "", 1).replace("60,a\n", "x60,a\n")


def sampled(desk) -> None:
    """A draft with a sample and no metric yet."""
    desk.begin()
    desk.upload("/data/files", ("sample_submission.csv", SAMPLE))
    desk.post("/data", sample="data/sample_submission.csv", id_column="id", labels="", max_mb="5")
    desk.post("/phases/final", **PHASE)


def test_a_solution_with_other_rows_says_so_at_once_and_so_does_the_sample(desk):
    sampled(desk)
    desk.upload("/solution/final", ("answers.csv", FEWER))
    desk.work()
    page = desk.get("/solution")
    assert "2 ids of the sample have no answer in it:" in page
    assert "<bdi>7</bdi>" in page
    assert "1 id of it is not in the sample:" in page
    assert "<bdi>x60</bdi>" in page
    assert "has other rows than the sample submission" in page
    assert "The sample and the solution of phase final have different rows." in desk.get("/data")
    desk.upload("/solution/final", ("answers.csv", SOLUTION))
    desk.work()
    assert "different rows" not in desk.get("/solution") + desk.get("/data")


def test_a_new_sample_is_held_against_the_solution_that_is_there(desk):
    sampled(desk)
    desk.upload("/solution/final", ("answers.csv", SOLUTION))
    desk.work()
    short = "".join(SAMPLE.splitlines(keepends=True)[:-3])
    desk.upload("/data/files", ("sample_submission.csv", short))
    desk.work()
    assert "3 ids of it are not in the sample:" in desk.get("/data")


def test_a_later_phase_may_have_a_test_set_of_its_own(desk):
    sampled(desk)
    later = PHASE | {"slug": "b", "title": "B", "starts": "2026-12-21T10:00"}
    desk.post("/phases/new", **(later | {"ends": "2027-01-01T10:00"}))
    other = SOLUTION.replace("\n", "\nb").removesuffix("b")
    desk.upload("/solution/final", ("a.csv", SOLUTION))
    desk.upload("/solution/b", ("b.csv", other))
    desk.work()
    assert "different rows" not in desk.get("/solution")
    # Nearly the same rows are no other test set.
    desk.upload("/solution/b", ("b.csv", FEWER))
    desk.work()
    assert "If this phase has a test set of its own" in desk.get("/solution")
    assert "has other rows than the sample" not in desk.get("/solution")


def test_a_baseline_says_what_it_would_be_rejected_for(desk):
    sampled(desk)
    short = "".join(BASELINE.splitlines(keepends=True)[:-1])
    desk.upload("/baselines", ("b.csv", short), title="A rule", phase="final")
    assert "being looked at" in desk.get("/baselines")
    desk.work()
    page = desk.get("/baselines")
    assert "1 id has no row in it:" in page
    assert "“A rule” would be rejected" in page
    desk.upload("/baselines", ("b.csv", "id,sort\n1,a\n"), title="A rule", phase="final")
    desk.work()
    assert "It has no column" in desk.get("/baselines")
    desk.upload("/baselines", ("b.zip", b"PK\x03\x04 is no zip"), title="A rule", phase="final")
    desk.work()
    assert "can't be read as a table" in desk.get("/baselines")


def test_a_baseline_is_held_against_the_solution_once_there_is_one(desk):
    sampled(desk)
    desk.upload("/baselines", ("b.csv", BASELINE), title="A rule", phase="final")
    desk.work()
    assert "would be rejected" not in desk.get("/baselines")
    desk.upload("/solution/final", ("answers.csv", FEWER))
    desk.work()
    desk.work()
    page = desk.get("/baselines")
    assert "2 ids of it are not in the solution:" in page
    assert desk.client.get(desk.path("/baselines/state")).json["state"] == "settled"
