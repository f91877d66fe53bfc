"""A class from its settings to a student's own grade."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from sqlmodel import select

from server.challenges.models import Challenge, Invitation, Organiser
from server.challenges.queries import phases_of
from server.challenges.rules import Role
from server.classes.models import GradeBook, PublishedGrade
from server.classes.queries import book_of
from server.classes.rules import Known, score_of
from server.classes.views import spread
from server.notifications.models import Notification
from server.shared.errors import Conflict
from server.shared.workbooks import TYPE
from server.teams.actions import leave
from server.teams.models import Membership, Team
from server.teams.queries import members_of
from server.teams.seats import log, seat
from tests.boards.scored import scored
from tests.cast import sign_in
from tests.classes.lecturing import LINEAR, URL, finish
from tests.shared.test_workbooks import cells_of


def challenge_now(database) -> Challenge:
    with database.reading() as session:
        return session.exec(select(Challenge)).one()


def test_settings_come_back_as_they_were_saved(board, olga, database) -> None:
    assert olga.post(URL, data=LINEAR).status_code == 303
    kept = challenge_now(database)
    assert kept.late_days == 2
    assert kept.grading["bottom"] == "baseline: always zero"
    page = olga.get(URL).text
    assert '<option value="baseline: always zero" selected>' in page
    assert 'name="late_cost" maxlength="40" value="10"' in page


def test_a_form_that_is_saved_again_as_it_is_shown_changes_no_grade(board, olga, database) -> None:
    bands = [{"at": 1 - place / 37, "grade": f"{1 + place / 10:.1f}"} for place in range(14)]
    with database.writing() as session:
        row = session.get_one(Challenge, challenge_now(database).id)
        row.grading = {"rule": "bands", "bands": bands, "late_cost": 1.0}
        session.add(row)
        session.commit()
    page = olga.get(URL).text
    inputs = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', page))
    shown = {name: inputs[name] for name in inputs if name[:3] in ("gra", "at_")}
    chosen = {f"at_{place}": "number" for place in range(14)}
    again = {"rule": "bands", "late_days": "0", "late_cost": inputs["late_cost"], **shown, **chosen}
    assert olga.post(URL, data=again).status_code == 303
    assert challenge_now(database).grading["bands"] == bands


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("late_days", "61", "between 0 and 60"),
        ("late_days", "two", "between 0 and 60"),
        ("top", "baseline: always zero", "two different ones"),
        ("top", "number", "Write a number"),
        ("highest", "50", "must differ"),
        ("late_cost", "-1", "less than nothing"),
    ],
)
def test_a_form_that_can_not_be_read_comes_back_filled_in(
    board, olga, database, field, value, said
) -> None:
    answer = olga.post(URL, data=LINEAR | {field: value, "missing": "absent"})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="absent"' in answer.text
    assert challenge_now(database).grading is None


def test_grades_are_previewed_then_published_and_each_student_is_told(
    board, olga, cast, session, clock, app, database
) -> None:
    olga.post(URL, data=LINEAR)
    assert "A preview" in olga.get(URL).text
    refused = olga.post(f"{URL}/phases/a/publish", follow_redirects=True)
    assert "when the result of the phase is revealed" in refused.text
    finish(session, board, clock)
    assert olga.post(f"{URL}/phases/a/publish").status_code == 303
    with database.reading() as reading:
        grades = {g.account_id: g.grade for g in reading.exec(select(PublishedGrade))}
        told = {n.account_id for n in reading.exec(select(Notification)) if n.kind == "grade"}
    assert grades == {cast.wei.id: "100.0", cast.mei.id: "100.0", cast.lena.id: "75.0"}
    assert told == set(grades)
    lena = sign_in(app.test_client(), cast.lena)
    page = lena.get("/challenges/digits/grade").text
    assert re.findall(r'"grade-figure">([^<]*)<', page) == ["75.0"]
    assert "50" in page


def test_a_student_without_a_grade_is_told_when_there_will_be_one(board, olga, app, cast) -> None:
    olga.post(URL, data=LINEAR)
    lena = sign_in(app.test_client(), cast.lena)
    assert "No grade yet" in lena.get("/challenges/digits/grade").text
    assert "/challenges/digits/grade" in lena.get("/challenges/digits").text


def test_the_own_grade_can_be_found_again_from_what_its_page_says(
    board, olga, cast, session, clock, app
) -> None:
    olga.post(URL, data=LINEAR | {"bottom": "number", "bottom_number": "0", "late_cost": "2.5"})
    session.rollback()
    phase = session.merge(board)
    at = phase.ends + timedelta(hours=30)
    scored(session, phase, session.merge(cast.isar), 0.5, 0.95, by=cast.lena, at=at, late=True)
    session.commit()
    finish(session, phase, clock)
    olga.post(f"{URL}/phases/a/publish")
    page = sign_in(app.test_client(), cast.lena).get("/challenges/digits/grade").text
    assert "Grades run from 50.0 at the score 0.0000 to 100.0 at" in page
    assert "Each costs 2.5." in page
    bands = {"rule": "bands"}
    for place, (grade, at_least) in enumerate((("A", "0.94"), ("B", "0.9"), ("C", "0.8"))):
        bands[f"grade_{place}"], bands[f"at_{place}_number"] = grade, at_least
        bands[f"at_{place}"] = "number"
    olga.post(URL, data=bands | {"late_days": "2", "late_cost": "1"})
    olga.post(f"{URL}/phases/a/publish")
    page = sign_in(app.test_client(), cast.lena).get("/challenges/digits/grade").text
    assert "A from the score 0.9400 on" in page
    assert re.findall(r'"grade-figure">([^<]*)<', page) == ["C"]
    assert "F below all bands" in page
    assert "Each costs 1 band." in page


def test_a_missing_best_score_is_named_in_words() -> None:
    known = Known({}, None, higher_is_better=True)
    with pytest.raises(Conflict, match="the best score of the board"):
        score_of("best", known)


def test_where_nobody_handed_in_no_empty_chart_is_drawn(board, olga, session) -> None:
    olga.post(URL, data=LINEAR)
    session.rollback()
    book = now_graded(session)
    assert spread(book) is not None
    nothing = [row._replace(grade=row.grade._replace(points=None)) for row in book.rows]
    assert spread(book._replace(rows=nothing)) is None


def test_settings_that_another_tab_saved_are_not_overwritten_unseen(board, olga, session) -> None:
    def seen() -> str:
        return re.search(r'name="seen" value="([0-9a-f]+)"', olga.get(URL).text)[1]

    stale = seen()
    for _twice in range(2):
        assert olga.post(URL, data=LINEAR | {"seen": stale}).status_code == 303
    other = LINEAR | {"late_days": "0"}
    refused = olga.post(URL, data=other | {"seen": stale})
    assert refused.status_code == 422
    assert "since you opened the page" in refused.text
    session.expire_all()
    assert session.exec(select(Challenge)).one().late_days == 2
    session.rollback()
    again = re.search(r'name="seen" value="([0-9a-f]+)"', refused.text)[1]
    assert olga.post(URL, data=other | {"seen": again}).status_code == 303


def test_an_anonymous_board_has_drawn_names_and_tells_nobody_who_is_in_a_team(
    board, olga, app, cast, database, bearer
) -> None:
    olga.post(URL, data={"anonymous": "yes"})
    with database.reading() as reading:
        names = {team.id: team.name for team in reading.exec(select(Team))}
    assert not {"Giant Pandas", "Isar Surfers"} & set(names.values())
    visitor = app.test_client()
    pandas = f"/teams/{cast.pandas.id}"
    assert cast.wei.name not in visitor.get(pandas).text
    assert visitor.get(f"/api/v1{pandas}").json["members"] == []
    assert cast.wei.name in olga.get(pandas).text
    wei = sign_in(app.test_client(), cast.wei)
    assert cast.mei.name in wei.get(pandas).text
    renamed = visitor.patch(
        f"/api/v1{pandas}", json={"name": "Wei and Mei"}, headers=bearer(cast.wei)
    )
    assert renamed.status_code == 409
    with database.reading() as reading:
        assert {team.id: team.name for team in reading.exec(select(Team))} == names


def test_a_course_is_invited_by_a_list_and_each_address_once(board, olga, database) -> None:
    text = "anna@tum.example\nben@tum.example, anna@tum.example"
    assert olga.post(f"{URL}/invite", data={"addresses": text}).status_code == 303
    with database.reading() as reading:
        assert {i.email for i in reading.exec(select(Invitation))} == {
            "anna@tum.example",
            "ben@tum.example",
        }
    wrong = olga.post(f"{URL}/invite", data={"addresses": "carl@tum.example\nnobody"})
    assert wrong.status_code == 422
    assert "carl@tum.example" in wrong.text


def test_an_address_is_no_way_to_a_name_before_its_owner_has_joined(
    board, olga, app, cast, session, clock, database
) -> None:
    olga.post(URL, data=LINEAR)
    listed = f"{cast.amina.email} nobody@tum.example"
    olga.post(f"{URL}/invite", data={"addresses": listed})
    for path in (URL, f"{URL}/grades.csv", f"{URL}/grades.csv?form=moodle"):
        text = olga.get(path).text
        assert cast.amina.email in text
        assert cast.amina.name not in text
    # An address without an account looks no other.
    lines = olga.get(f"{URL}/grades.csv").text.splitlines()
    of_address = {line.split(",")[1]: line.split(",", 2)[2] for line in lines}
    assert of_address[cast.amina.email] == of_address["nobody@tum.example"]
    finish(session, board, clock)
    olga.post(f"{URL}/phases/a/publish")
    with database.reading() as reading:
        graded = reading.exec(select(PublishedGrade.account_id)).all()
    assert cast.amina.id not in graded
    amina = sign_in(app.test_client(), cast.amina)
    amina.post("/challenges/digits/join")
    page = olga.get(URL).text
    assert cast.amina.name in page
    assert page.count("has not joined yet") == 1


def test_the_gradebook_is_exported_and_names_no_address_that_was_not_invited(
    board, olga, session, cast
) -> None:
    olga.post(URL, data=LINEAR)
    olga.post(f"{URL}/invite", data={"addresses": f"{cast.lena.email} anna@tum.example"})
    rows = list(csv.DictReader(StringIO(olga.get(f"{URL}/grades.csv").text.lstrip("\ufeff"))))
    by_name = {row["name"]: row for row in rows}
    assert by_name[cast.wei.name]["email"] == ""
    assert by_name[cast.lena.name]["email"] == cast.lena.email
    assert [row["grade"] for row in rows if row["email"] == "anna@tum.example"] == ["0"]
    excel = olga.get(f"{URL}/grades.xlsx")
    assert excel.mimetype == TYPE
    header, *lines = cells_of(excel.data)
    of_lena = next(dict(zip(header, line, strict=True)) for line in lines if cast.lena.name in line)
    assert of_lena["email"] == cast.lena.email
    assert of_lena["grade"] == float(by_name[cast.lena.name]["grade"])
    moodle = olga.get(f"{URL}/grades.csv?form=moodle").text
    assert moodle.splitlines()[0].endswith("Email address,Full name,Handwritten digits")
    assert cast.wei.name not in moodle


def test_a_judge_reads_the_gradebook_and_changes_nothing(board, app, cast, session) -> None:
    session.add(Organiser(challenge_id=cast.digits.id, account_id=cast.jonas.id, role=Role.JUDGE))
    session.commit()
    jonas = sign_in(app.test_client(), cast.jonas)
    open_to_others = "This challenge is open to others too"
    assert open_to_others not in jonas.get(URL).text
    assert open_to_others in sign_in(app.test_client(), cast.olga).get(URL).text
    assert jonas.post(URL, data=LINEAR).status_code == 403
    assert jonas.post(f"{URL}/phases/a/publish").status_code == 403
    assert sign_in(app.test_client(), cast.lena).get(URL).status_code == 403


def test_what_changed_since_the_grades_were_published_is_counted(
    board, olga, session, clock, database
) -> None:
    olga.post(URL, data=LINEAR)
    finish(session, board, clock)
    olga.post(f"{URL}/phases/a/publish")
    assert "Nothing has changed since" in olga.get(URL).text
    again = olga.post(f"{URL}/phases/a/publish", follow_redirects=True)
    assert "nothing differs" in again.text
    olga.post(URL, data=LINEAR | {"lowest": "60"})
    assert "1 grade has changed since" in olga.get(URL).text
    with database.reading() as reading:
        assert len(reading.exec(select(GradeBook)).all()) == 1


def now_graded(session):
    session.expire_all()
    challenge = session.exec(select(Challenge)).one()
    return book_of(session, challenge, phases_of(session, challenge.id)[0])


def grades_of(database) -> dict[int, str]:
    with database.reading() as reading:
        rows = reading.exec(select(PublishedGrade).order_by(PublishedGrade.id)).all()
    return {row.account_id: row.grade for row in rows}


def test_who_changed_teams_after_a_phase_keeps_the_grade_of_the_team_of_that_phase(
    board, olga, cast, session, clock, database
) -> None:
    olga.post(URL, data=LINEAR)
    finish(session, session.merge(board), clock)
    olga.post(f"{URL}/phases/a/publish")
    before = grades_of(database)
    pandas, isar = session.merge(cast.pandas), session.merge(cast.isar)
    comer = next(
        a for a in members_of(session, pandas.id) if a.id in before and a.id != pandas.captain_id
    )
    clock.forward(days=1)
    leave(session, team=pandas, account_id=comer.id, now=clock())
    clock.forward(hours=1)
    session.add(
        Membership(
            team_id=isar.id,
            challenge_id=isar.challenge_id,
            account_id=comer.id,
            joined_at=clock(),
        )
    )
    log(session, "member.joined", isar, at=clock(), actor_id=comer.id)
    session.commit()
    book = now_graded(session)
    (row,) = [row for row in book.rows if row.student.account_id == comer.id]
    assert row.student.team.id == pandas.id
    assert row.grade.text == before[comer.id]
    session.rollback()
    assert "when this phase ended" in olga.get(f"{URL}?phase=a").text


def test_who_came_after_a_phase_has_no_grade_of_it_and_the_chart_says_who_is_left_out(
    board, olga, cast, session, clock
) -> None:
    olga.post(URL, data=LINEAR | {"missing": "none"})
    finish(session, session.merge(board), clock)
    isar = session.merge(cast.isar)
    clock.forward(days=1)
    seat(session, isar, session.merge(cast.chidi), clock())
    log(session, "member.joined", isar, at=clock(), actor_id=cast.chidi.id)
    session.commit()
    book = now_graded(session)
    (row,) = [row for row in book.rows if row.student.account_id == cast.chidi.id]
    assert (row.student.team, row.handed_in, row.grade.text) == (None, None, "none")
    session.rollback()
    missing = sum(row.grade.points is None for row in book.rows)
    assert f"{missing} student" in olga.get(f"{URL}?phase=a").text.partition("not in the chart")[0]
