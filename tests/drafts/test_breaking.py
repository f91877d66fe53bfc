"""What people do wrong with drafts: wrong files, wrong people, twice at once, half-filled."""

import gzip
from io import BytesIO

import pytest
from sqlmodel import select

from server.challenges.models import Challenge, ChallengeImage, Organiser
from server.challenges.rules import Role
from server.drafts import looking
from server.drafts.agreeing import Others
from server.drafts.looking import TableFound
from server.drafts.models import DraftFile, DraftJob
from server.drafts.rules import DraftState, FileKind, FileState, JobKind, JobState
from tests.cast import sign_in
from tests.drafts.drafting import ABOUT, PHASE, PNG, SOLUTION, TRAIN

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_who_may_begin_is_a_setting(client, cast, settings, app):
    begin = {"title": "Mine"}
    olga = sign_in(client, cast.olga)
    assert olga.post("/organise/drafts/new", data=begin).status_code == 403
    ada = sign_in(app.test_client(), cast.ada)
    assert ada.post("/organise/drafts/new", data=begin).status_code == 303
    settings.create_challenges = "managers"
    manfred = sign_in(app.test_client(), cast.manfred)
    assert manfred.post("/organise/drafts/new", data=begin).status_code == 303
    assert olga.post("/organise/drafts/new", data=begin).status_code == 403
    settings.create_challenges = "confirmed"
    assert olga.post("/organise/drafts/new", data=begin).status_code == 303
    newt = sign_in(app.test_client(), cast.newt)
    assert newt.post("/organise/drafts/new", data=begin).status_code == 403


def test_a_draft_is_nobody_elses_until_its_owner_lets_them_in(desk, cast, app):
    desk.begin()
    lena = sign_in(app.test_client(), cast.lena)
    for rest in ("", "/about", "/check", "/solution", "/people"):
        assert lena.get(desk.path(rest)).status_code == 404
    assert lena.post(desk.path("/about"), data=ABOUT).status_code == 404
    desk.post("/people", email=cast.lena.email, role="organiser")
    assert lena.get(desk.path("/about")).status_code == 200
    person = {"email": cast.jonas.email, "role": "owner"}
    assert lena.post(desk.path("/people"), data=person).status_code == 403
    desk.post(f"/people/{cast.lena.id}/remove")
    assert lena.get(desk.path("/about")).status_code == 404


def test_people_of_a_draft_get_their_roles_at_the_launch(desk, cast):
    desk.begin()
    desk.post("/people", email=cast.lena.email, role="judge")
    desk.post("/people", 422, email="nobody@tum.example", role="judge")
    # Whoever signed up with an address that they never confirmed may be somebody else.
    desk.post("/people", 422, email=cast.newt.email, role="owner")
    desk.fill()
    desk.launch()
    challenge = desk.all(select(Challenge).where(Challenge.slug == "petals"))[0]
    roles = desk.all(select(Organiser).where(Organiser.challenge_id == challenge.id))
    assert {r.account_id: r.role for r in roles} == {
        cast.olga.id: Role.OWNER,
        cast.lena.id: Role.JUDGE,
    }


def test_a_half_filled_draft_says_what_is_missing_and_can_not_be_launched(desk):
    desk.begin()
    text = desk.check()
    assert "Still to do" in text
    assert "Upload the solution of phase final." in text
    assert f'action="{desk.path("/launch")}"' not in text
    desk.launch()
    job = desk.all(select(DraftJob).where(DraftJob.kind == JobKind.LAUNCH))[0]
    assert job.state is JobState.REFUSED
    assert len(desk.all(select(Challenge))) == 1
    assert desk.draft().state is DraftState.EDITING


def test_two_editors_do_not_overwrite_each_other(desk):
    desk.begin()
    page = desk.get("/about")
    stamp = page.split('name="stamp" value="')[1].split('"')[0]
    desk.post("/about", **ABOUT, stamp=stamp)
    late = desk.post("/about", 409, **(ABOUT | {"summary": "What I typed"}), stamp=stamp)
    assert "What I typed" in late.text
    assert "Somebody saved this step meanwhile" in late.text
    again = late.text.split('name="stamp" value="')[1].split('"')[0]
    desk.post("/about", **(ABOUT | {"summary": "What I typed"}), stamp=again)
    assert desk.draft().definition["summary"] == "What I typed"


def test_what_was_typed_is_kept_when_it_is_refused(desk):
    desk.begin()
    page = desk.post("/about", 422, **(ABOUT | {"slug": "Not An Address", "host": "A society"}))
    assert "A society" in page.text
    assert "such as not-an-address" in page.text
    page = desk.post("/phases/final", 422, **(PHASE | {"ends": "2026-01-01T00:00"}))
    assert "must end after it starts" in page.text
    assert 'value="2026-01-01T00:00"' in page.text
    page = desk.post("/metric", 422, metric="fbeta", **{"param-beta": "-3"})
    assert 'value="-3"' in page.text
    assert "a number above 0" in page.text


def test_an_address_that_is_taken_is_told_and_never_overwritten(desk):
    desk.begin()
    desk.fill()
    desk.post("/about", **(ABOUT | {"slug": "digits"}))
    assert "Another challenge has the address digits." in desk.get("/about")
    desk.launch()
    digits = desk.all(select(Challenge).where(Challenge.slug == "digits"))[0]
    assert digits.title == "Handwritten digits"
    assert "Choose another in the step About" in desk.get("/check")
    assert desk.draft().state is DraftState.EDITING


def test_a_launch_that_dies_half_way_is_taken_up_again_and_makes_one_challenge(
    desk, clock, monkeypatch
):
    desk.begin()
    desk.fill()
    version = desk.draft().version
    desk.post("/launch", version=version)
    job = desk.all(select(DraftJob).where(DraftJob.kind == JobKind.LAUNCH))[0]

    class PowerCut(BaseException):
        """The process is gone."""

    def cut(*_arguments, **_named):
        raise PowerCut

    with monkeypatch.context() as dying:
        dying.setattr(desk.drafter, "_end_in", cut)
        with pytest.raises(PowerCut):
            desk.drafter.work(job.id)
    assert desk.all(select(Challenge).where(Challenge.slug == "petals")) == []
    assert desk.post("/about", 409, **ABOUT)
    clock.forward(minutes=6)
    desk.drafter.work(job.id)
    assert len(desk.all(select(Challenge).where(Challenge.slug == "petals"))) == 1
    assert desk.draft().state is DraftState.LAUNCHED


def test_a_solution_goes_where_the_web_can_not_read_it(desk):
    desk.begin()
    desk.post("/phases/final", **PHASE)
    desk.upload("/solution/final", ("answers.csv", SOLUTION))
    file = desk.all(select(DraftFile))[0]
    public, hidden = desk.tools.stores
    assert file.state is FileState.ARRIVING
    desk.post(f"/files/{file.id}/remove", 409)
    desk.work()
    assert hidden.has(file.sha256)
    assert not public.has(file.sha256)
    page = desk.get("/solution")
    assert "60" in page
    assert "answers.csv" in page


def test_a_wrong_solution_is_told_with_its_line(desk):
    desk.begin()
    desk.fill()
    desk.upload("/solution/final", ("answers.csv", "id,sort\n1,a\n2,b\n"))
    desk.work()
    page = desk.get("/solution")
    assert "This solution can't be used yet." in page
    assert "kind" in page
    assert "The solution of phase final is wrong." in page


def test_answers_among_the_data_stop_the_launch(desk):
    desk.begin()
    desk.fill()
    desk.upload("/data/files", ("my_solution.csv", SOLUTION))
    assert "By its name this is a solution" in desk.get("/data")
    page = desk.check()
    assert "participants would download it" in page
    assert f'action="{desk.path("/launch")}"' not in page


def test_a_picture_is_what_its_bytes_say(desk):
    desk.begin()
    desk.upload("/images", ("plot.svg", SVG), status=422)
    desk.upload("/images", ("plot.png", SVG), status=422)
    desk.upload("/images", ("../../My Plot.PNG", PNG))
    image = desk.all(select(DraftFile))[0]
    assert (image.kind, image.name) == (FileKind.IMAGE, "my-plot.png")
    answer = desk.client.get(desk.path("/images/my-plot.png"))
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert desk.client.get(desk.path("/images/other.png")).status_code == 404
    text = "![p](images/my-plot.png) <script>alert(1)</script> [x](javascript:alert(1))"
    shown = desk.post("/pages/overview", 200, slug="overview", markdown=text, then="preview").text
    assert desk.path("/images/my-plot.png") in shown
    prose = shown.split("data-previewed")[1].split("</section>")[0]
    assert "<script" not in prose
    assert 'href="javascript' not in prose


def test_a_preview_names_pictures_that_no_reader_would_see_and_says_what_to_do(desk):
    desk.begin()
    text = "![p](https://other.example/p.png) ![own](images/p.png)"
    shown = desk.post("/pages/overview", 200, slug="overview", markdown=text, then="preview").text
    live = desk.client.post(desk.path("/preview"), data={"markdown": text}).json["html"]
    for said in (shown.split("data-previewed")[1].split("</section>")[0], live):
        assert "This picture is on another site" in said
        assert "There is no such picture" in said
        assert "<code>images/p.png</code>" in said
        assert "<code>https://other.example/p.png</code>" in said
        assert "Upload it to the pictures of this challenge" in said
        assert '<a href="https://other.example/p.png"' in said
    assert desk.client.post(desk.path("/preview"), data={"markdown": ""}).json["html"] == ""


def test_a_picture_that_was_uploaded_is_not_said_to_lack(desk):
    desk.begin()
    desk.upload("/images", ("p.png", PNG))
    body = {"markdown": "![own](images/p.png)"}
    assert "no such picture" not in desk.client.post(desk.path("/preview"), data=body).json["html"]


def test_pictures_are_shown_to_whoever_reads_the_page(desk, app):
    desk.begin()
    desk.fill()
    desk.upload("/images", ("plot.png", PNG))
    desk.post("/pages/overview", slug="overview", markdown="Look: ![p](images/plot.png)")
    desk.launch()
    assert desk.all(select(ChallengeImage.name)) == ["plot.png"]
    visitor = app.test_client()
    assert "/challenges/petals/images/plot.png" in visitor.get("/challenges/petals").text
    assert visitor.get("/challenges/petals/images/plot.png").data == PNG


def test_names_of_files_hold_no_paths(desk):
    desk.begin()
    desk.upload("/data/files", ("../../etc/passwd.csv", TRAIN))
    assert desk.all(select(DraftFile.name)) == ["passwd.csv"]
    desk.upload("/data/files", (".hidden", TRAIN), status=422)
    file = desk.all(select(DraftFile))[0]
    page = desk.post(f"/files/{file.id}", 422, name="../up.csv", description="kept words")
    assert "kept words" in page.text
    desk.post(f"/files/{file.id}", 422, name="baseline.py", description="")
    desk.upload("/images", ("plot.png", PNG))
    picture = desk.all(select(DraftFile))[-1]
    desk.post(f"/files/{picture.id}", 404, name="plot.html", description="")


def test_an_upload_that_is_too_large_is_refused(desk, settings):
    settings.max_upload_bytes = 1000
    desk.begin()
    answer = desk.client.post(
        desk.path("/data/files"),
        data={"file": (BytesIO(b"x" * 5000), "big.csv")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413
    assert desk.all(select(DraftFile)) == []


def test_a_renamed_phase_keeps_its_solution(desk):
    desk.begin()
    desk.fill()
    desk.post("/phases/final", **(PHASE | {"slug": "a"}))
    files = desk.all(select(DraftFile).where(DraftFile.kind == FileKind.SOLUTION))
    assert [file.phase for file in files] == ["a"]
    assert "these stop the launch" not in desk.check()


def test_a_draft_is_changed_by_nobody_while_it_is_launched(desk):
    desk.begin()
    desk.fill()
    desk.post("/launch", version=desk.draft().version)
    desk.post("/about", 409, **ABOUT)
    desk.post("/launch", 409, version=desk.draft().version - 1)
    desk.work()
    assert desk.draft().state is DraftState.LAUNCHED
    desk.post("/about", 409, **ABOUT)
    assert desk.client.get(desk.path()).location.endswith("/organise/petals")


def test_a_discarded_draft_is_gone(desk):
    desk.begin()
    assert "Discard this draft?" in desk.get("/discard")
    desk.post("/discard")
    assert desk.client.get(desk.path("/about")).status_code == 404


def test_the_list_of_metrics_is_light_and_works_without_script(desk):
    desk.begin()
    whole = desk.get("/metric?list=1")
    assert len(whole.encode()) < 100_000
    found = desk.get("/metric?list=1&q=kappa&kind=labels")
    assert "metric=cohen_kappa" in found
    assert "metric=rmse" not in found
    assert "No metric fits" in desk.get("/metric?list=1&q=nothing+of+that+name")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SOLUTION.replace("a", "ä").encode("latin-1"), "save the file as UTF-8"),
        (SOLUTION.encode("utf-16"), "The file is in UTF-16"),
        (SOLUTION.replace("\n8,a\n", "\n8,a,b\n"), "there are 3 fields"),
        (SOLUTION.replace("\n8,a\n", '\n8,"a\n'), "a quote is opened and not closed"),
    ],
)
def test_a_solution_that_is_no_clean_table_is_told_as_people_say_it(desk, content, words):
    desk.begin()
    desk.fill()
    desk.upload("/solution/final", ("answers.csv", content))
    desk.work()
    page = desk.get("/solution")
    assert words in page
    for of_a_library in ("codec", "Schema", "could not parse", "polars"):
        assert of_a_library not in page


def test_a_small_archive_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    packed = tmp_path / "answers.csv.gz"
    packed.write_bytes(gzip.compress(b"id,kind\n" + b"1,a\n" * 100_000))
    monkeypatch.setattr(looking, "TOO_BIG", 10_000)
    found = looking.look_in_child(str(packed), FileKind.SOLUTION, Others(None, None), {}, None)
    assert "more than the 10,000 bytes allowed" in TableFound.model_validate_json(found).problem


def test_a_csv_among_the_data_that_is_no_table_says_why(desk):
    desk.begin()
    desk.fill()
    desk.upload(
        "/data/files", ("notes.csv", "id,word\n1,übel\n".encode("latin-1")), ("one.png", PNG)
    )
    desk.work()
    page = desk.get("/data")
    assert "save the file as UTF-8" in page
    assert "PNG image" not in page
