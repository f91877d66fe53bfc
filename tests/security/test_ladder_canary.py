"""What a ladder does not release is found nowhere, by whoever looks, until the reveal."""

import base64
from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import Session, select

from scorers.ladder import Form
from server.boards.actions import reveal
from server.boards.entries import rebuild_team
from server.boards.schedules import write_rank_ranges
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation, Rung, Score
from server.evaluations.rules import Board
from server.evaluations.scoring import BoardScore, Outcome, Report, RungSaid
from server.submissions.actions import Received, submit
from tests.cast import NOON
from tests.security.crawling import crawl, get
from tests.security.marks import Marks
from tests.security.results import record
from tests.security.test_canary import everything_kept
from tests.security.world import World

# Two scores, the ends of their intervals, and a secondary value each; the first is no improvement.
HELD = (0.812345671, 0.791919283, 0.837373619, 0.843434617)
RELEASED = (0.913572468, 0.899191927, 0.927373735, 0.938383829)
RAW = Marks([*HELD, *RELEASED])
GROUPS = 50
OUTSIDE = (
    "/challenges/digits/leaderboard",
    "/challenges/digits/leaderboard.csv",
    "/challenges/digits/leaderboard.xlsx",
    "/challenges/digits/universities.xlsx",
    "/challenges/digits/ctftime.json",
    "/challenges/digits/universities",
    "/api/v1/challenges/digits/leaderboard",
    "/api/v1/challenges/digits/universities",
    "/api/v1/challenges/digits/submissions",
    "/api/v1/standings",
    "/universities",
    "/universities/tsinghua",
    "/",
)


def _packed(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.astype("<f8").tobytes()).decode()


def _said(score: tuple[float, ...], error: float) -> Report:
    """A score whose difference to the first has a standard error."""
    value, low, high, also = score
    spread = np.tile([1.0, -1.0], GROUPS // 2)
    evidence = error * spread / np.linalg.norm(spread)
    public = BoardScore(
        value=value,
        low=low,
        high=high,
        method="percentile",
        also={"mae": also},
        rows=3,
        replicates=_packed(np.linspace(low, high, 200)),
    )
    return Report(
        outcome=Outcome.SCORED,
        public=public,
        private=public.model_copy(update={"value": 0.5, "low": None, "high": None, "also": {}}),
        rung=RungSaid(form=Form.LOSSES, power=1, per_unit=100, evidence=_packed(evidence)),
    )


def _send(session: Session, world: World, said: Report, minute: int) -> int:
    cast = world.cast
    evaluation = session.get_one(Evaluation, world.ids["evaluation"])
    submission = submit(
        session,
        account_id=cast.people["wei"].id or 0,
        challenge=session.get_one(Challenge, cast.challenges["digits"].id),
        phase=session.get_one(Phase, cast.phases["phase_a"].id),
        team_id=cast.teams["pandas"].id or 0,
        ended_challenge=False,
        upload=Received("predictions.csv", 10, f"{minute:064d}"),
        comment="",
        now=NOON - timedelta(minutes=minute),
    ).submission
    record(session, submission, evaluation, said)
    return submission.id or 0


@pytest.fixture
def climbing(world: World) -> tuple[World, list[int]]:
    """The world with a ladder, on which the Giant Pandas hold back a score and release one."""
    with world.database.writing() as session:
        phase = session.get_one(Phase, world.cast.phases["phase_a"].id)
        phase.ranking = Ranking.LADDER
        session.add(phase)
        zeros = np.zeros(GROUPS).tobytes()
        for score in session.exec(select(Score).where(Score.board == Board.PUBLIC)):
            session.add(Rung(score_id=score.id, form=Form.LOSSES, per_unit=100, evidence=zeros))
        for key in ("pandas", "isar"):
            rebuild_team(session, team_id=world.cast.teams[key].id or 0, now=NOON)
        ids = [_send(session, world, _said(HELD, 0.2), 20)]
        ids.append(_send(session, world, _said(RELEASED, 0.01), 10))
        session.commit()
    write_rank_ranges(world.database, now=NOON)
    return world, ids


def test_no_page_feed_letter_or_event_holds_a_digit_of_what_was_not_released(climbing, capfd):
    world, ids = climbing
    found = []
    for role in ("visitor", "other team", "manager", "member"):
        answers = {path: get(world, role, path) for path in (*OUTSIDE, *_of(world, *ids))}
        assert answers["/challenges/digits/leaderboard"].status == 200
        found += [f"{role} {p}: {a.text}" for p, a in answers.items() if RAW.search(a.everything)]
    assert not found, "\n".join(found)
    assert get(world, "member", f"/submissions/{ids[0]}/receipt.json").status == 200
    with world.database.reading() as session:
        kept = everything_kept(session)
    assert not RAW.search(kept, rounded=False)
    assert not RAW.search(capfd.readouterr().out, rounded=False)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_no_route_at_all_holds_one(climbing):
    world, _ = climbing
    for role in ("member", "other team", "visitor"):
        seen = crawl(world, role)
        assert len(seen.answers) > 60
        assert not seen.found(RAW)


def _of(world: World, *submissions: int) -> list[str]:
    team, other = (world.cast.teams[key].id for key in ("pandas", "isar"))
    found = [f"/teams/{team}", f"/api/v1/teams/{team}", f"/people/{world.cast.people['wei'].id}"]
    found.append(f"/challenges/digits/compare?a={team}&b={other}")
    found.append(f"/api/v1/challenges/digits/comparison?a={team}&b={other}")
    found.append(f"/api/v1/teams/{team}/places")
    both = "&".join(f"{side}={number}" for side, number in zip("ab", submissions, strict=False))
    found.append(f"/challenges/digits/submissions/compare?{both}")
    found.append(f"/challenges/digits/submissions/compare/state?{both}")
    found += ["/", "/challenges/digits/submissions", "/challenges/digits/submit"]
    for number in submissions:
        found += [f"/submissions/{number}", f"/submissions/{number}/state"]
        found += [f"/api/v1/submissions/{number}", f"/submissions/{number}/receipt.json"]
    return found


def test_the_released_value_is_told_plainly(climbing):
    world, (held, released) = climbing
    page = get(world, "member", f"/submissions/{held}").text
    assert "no significant improvement; the released value stays 0.7500" in page
    assert "your public score changes only when the improvement is more than noise" in page
    assert (
        "the released value is now 0.9100" in get(world, "member", f"/submissions/{released}").text
    )
    assert (
        "no significant improvement" in get(world, "member", "/challenges/digits/submissions").text
    )
    team = get(world, "visitor", _of(world, held)[0]).text
    assert "the public score changes only when the improvement is more than noise" in team
    board = get(world, "visitor", "/challenges/digits/leaderboard").text
    assert "taken over the losses of the test rows" in board
    assert "95 % interval" not in board


def test_programs_read_the_released_value_and_no_more(climbing):
    world, (held, _) = climbing
    client = world.app.test_client()
    read = client.get(f"/api/v1/submissions/{held}", headers=world.bearer("member")).json
    assert read["score"] == {"value": 0.75, "interval": None, "method": "", "also": {}}
    assert (read["ladder"], read["rank"]) == ({"released": 0.75, "improved": False}, None)
    rows = client.get("/api/v1/challenges/digits/leaderboard").json["rows"]
    assert [row["score"] for row in rows] == [0.91, 0.5]
    assert {(row["interval"], row["rank_range"]) for row in rows} == {(None, None)}


def test_organisers_see_the_scores(climbing):
    world, (held, _) = climbing
    page = get(world, "organiser", f"/organise/digits/submissions/{held}")
    assert RAW.search(page.text)
    assert "0.7500" in page.text


def test_after_the_reveal_a_team_sees_what_its_files_scored(climbing):
    world, (held, _) = climbing
    with world.database.writing() as session:
        phase = session.get_one(Phase, world.cast.phases["phase_a"].id)
        world.clock.moment = phase.ends + timedelta(minutes=1)
        reveal(session, phase=phase, actor_id=None, now=world.clock.moment)
        session.commit()
    page = get(world, "member", f"/submissions/{held}").text
    assert "0.8123" in page
    assert "the released value stays 0.7500" in page
    board = get(world, "visitor", "/challenges/digits/leaderboard?board=public")
    assert not RAW.search(board.text)
