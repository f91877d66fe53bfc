"""What the scores of a running phase's teams tell of its boards."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server.folders.scored import Scored
from server.preflight.boards import FEWEST_TEAMS, lines_on_boards, spread_of_teams
from server.preflight.budget import Budget
from server.preflight.checking import report
from server.preflight.facts import Entrants, facts_of_phase
from server.preflight.noise import noise_of
from tests.preflight.folders import NOW, Data, data_of, found, surveyed

QUICK = Budget(fields=20, permutations=20)


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> tuple[Path, Entrants]:
    """A challenge, and three teams: the baseline with 3, 20 and 45 rows turned round."""
    root = tmp_path_factory.mktemp("played")
    data: Data = data_of("breast")
    folder = data.write(root / "challenge")
    files = []
    for name, wrong in (("Pandas", 3), ("Isar", 20), ("Simba", 45)):
        said = data.baseline.copy()
        said[:wrong] = 1 - said[:wrong]
        path = root / f"{name}.csv"
        rows = zip(data.test["id"], said, strict=True)
        path.write_text("id,y\n" + "".join(f"{i},{int(y)}\n" for i, y in rows), "utf-8")
        files.append((name, path))
    return folder, Entrants(tuple(files), tuple(np.linspace(0.8, 0.97, 20)))


def test_the_two_best_teams_stand_in_for_the_baselines(played) -> None:
    folder, entrants = played
    whole = surveyed(folder).whole
    alone = found(report(whole, now=NOW, budget=QUICK), "detectable")
    assert alone.values["source"] == "“linear”"
    line = found(report(whole, now=NOW, budget=QUICK, entrants={"main": entrants}), "detectable")
    assert line.values["source"] == "“Pandas” / “Isar”"
    assert line.values["deciding"] != alone.values["deciding"]
    # The way that is left is still that from the best baseline.
    assert line.values["reach"] == alone.values["reach"]


def test_one_team_alone_says_no_more_than_a_baseline(played) -> None:
    folder, entrants = played
    one = {"main": Entrants(entrants.files[:1], (0.9,))}
    line = found(report(surveyed(folder).whole, now=NOW, budget=QUICK, entrants=one), "detectable")
    assert line.values["source"] == "“linear”"


def test_the_shake_up_is_forecast_for_the_teams_that_there_are(played) -> None:
    folder, entrants = played
    whole = surveyed(folder).whole
    facts = facts_of_phase(Scored(whole), whole.definition.phases[0], entrants)
    (line,) = [one for one in lines_on_boards(facts, QUICK) if one.code == "shake-up"]
    assert line.values["teams"] == 20
    assert "of its 20 teams" in line.told(line.said)
    few = replace(facts, field=entrants.scores[: FEWEST_TEAMS - 1])
    (line,) = [one for one in lines_on_boards(few, QUICK) if one.code == "shake-up"]
    assert "of 50 teams" in line.told(line.said)


def test_the_spread_of_skill_is_that_of_the_scores_less_their_noise(played) -> None:
    folder, entrants = played
    whole = surveyed(folder).whole
    facts = facts_of_phase(Scored(whole), whole.definition.phases[0], entrants)
    public = noise_of(facts, "public")
    random = np.random.default_rng(5)
    true, seen = 0.5, np.hypot(0.5, public.own)
    wide = replace(facts, field=tuple(random.normal(0, seen, 20_000)))
    assert spread_of_teams(wide, public) == pytest.approx(true, rel=0.03)
    # Teams that failed altogether say nothing of the others.
    failed = replace(facts, field=(*wide.field, *[-50.0] * 200))
    assert spread_of_teams(failed, public) == pytest.approx(true, rel=0.05)
    alike = replace(facts, field=(0.9,) * 20)
    assert spread_of_teams(alike, public) == public.own
