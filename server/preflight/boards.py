"""What the boards can tell: differences, luck in many tries, and the shake-up to come."""

import math
from collections.abc import Iterator

import numpy as np

from scorers.sampling.forecasting import Forecast, forecast_shake
from scorers.sampling.probing import expected_maximum
from server.preflight.budget import Budget
from server.preflight.facts import PhaseFacts
from server.preflight.noise import Noise, noise_of
from server.preflight.report import Fix, Level, Line, share_in_words
from server.shared.errors import N_

FEW_ROWS = 30
TEAMS, MANY_TEAMS = 50, 100
# Of fewer teams the spread says little; of more, as many stand for all.
FEWEST_TEAMS, MOST_TEAMS = 5, 500
_SKILL_OF_WAY = 0.25


def lines_on_boards(facts: PhaseFacts, budget: Budget) -> Iterator[Line]:
    """Say what the sizes of the boards allow."""
    public, private = noise_of(facts, "public"), noise_of(facts, "private")
    yield from _few_rows(facts)
    if public is None:
        yield _unknown(facts)
        return
    yield _detectable(facts, public, private)
    yield _probes(facts, public, private)
    if private is not None:
        yield _shake_up(facts, public, private, budget)


def _few_rows(facts: PhaseFacts) -> Iterator[Line]:
    """Warn of a board with hardly any rows, or groups of rows."""
    for board, rows in (("public", facts.public), ("private", facts.private)):
        count = int(rows.sum())
        if 0 < count < FEW_ROWS:
            yield Line(
                Level.WARNING,
                "few-rows",
                Fix.SOLUTION,
                N_("The %(board)s board of phase %(phase)s has only %(rows)s rows."),
                N_("With so few rows one lucky answer moves a team by many places."),
                N_("Collect more test rows, or give this board a larger share of them."),
                values={"board": board, "phase": facts.slug, "rows": count},
                phase=facts.slug,
            )


def _unknown(facts: PhaseFacts) -> Line:
    return Line(
        Level.NOTE,
        "detectable",
        Fix.BASELINES,
        N_("How noisy the scores of phase %(phase)s are is not known."),
        N_("Without a file whose score has an error nothing can be said of luck on the board."),
        N_("Add a baseline: a reference submission that is better than the sample."),
        values={"phase": facts.slug},
        phase=facts.slug,
    )


def _detectable(facts: PhaseFacts, public: Noise, private: Noise | None) -> Line:
    deciding = private or public
    hopeless = facts.reach is not None and deciding.detectable > facts.reach
    return Line(
        Level.WARNING if hopeless else Level.NOTE,
        "detectable",
        Fix.SOLUTION,
        _said_of_difference(private is not None),
        _why_of_difference(hopeless),
        N_(
            "Half of it takes four times as many test rows. Tell the teams that closer scores are"
            " as good as equal; the leaderboard marks them."
        ),
        _how(deciding),
        {
            "phase": facts.slug,
            "deciding": deciding.detectable,
            "rows": deciding.rows,
            "public": public.detectable,
            "public_rows": public.rows,
            "reach": facts.reach or 0.0,
            "source": " / ".join(f"“{name}”" for name in deciding.sources),
        },
        phase=facts.slug,
    )


def _said_of_difference(has_private: bool) -> str:
    if not has_private:
        return N_(
            "Phase %(phase)s tells two submissions apart when they differ by %(deciding)s or more,"
            " on its %(rows)s rows."
        )
    return N_(
        "Phase %(phase)s tells two submissions apart when they differ by %(deciding)s or more"
        " on the private board (%(rows)s rows) and by %(public)s on the public one"
        " (%(public_rows)s rows)."
    )


def _why_of_difference(hopeless: bool) -> str:
    if hopeless:
        return N_(
            "That is more than what is left between the best baseline and a perfect score"
            " (%(reach)s): the places of good teams will be luck."
        )
    return N_(
        "This is the smallest difference that is found with 95 %% confidence 4 times in 5;"
        " closer teams swap places by luck."
    )


def _how(noise: Noise) -> str:
    if len(noise.sources) > 1:
        return N_("Measured between %(source)s.")
    return N_(
        "From the error of %(source)s; the errors of two good submissions are taken to have a"
        " correlation of 0.5."
    )


def possible_probes(facts: PhaseFacts) -> int:
    """How many submissions a team has in a phase, by its quotas and its days."""
    days = math.ceil((facts.phase.ends - facts.phase.starts).total_seconds() / 86_400)
    return max(1, min(facts.phase.total, facts.phase.per_day * max(1, days)))


def _probes(facts: PhaseFacts, public: Noise, private: Noise | None) -> Line:
    """Say how much luck the best of all permitted submissions has on the public board.

    The best of k equally good submissions looks better by E[max of k normals] times the error in
    which they differ (David and Nagaraja, Order Statistics; Blum and Hardt, The Ladder, 2015).
    """
    probes = possible_probes(facts)
    one, many = (public.own * expected_maximum(k) for k in (probes, MANY_TEAMS * probes))
    readable = probes >= public.rows
    exposed = private is None and facts.phase.ranking != "ladder"
    return Line(
        Level.WARNING if exposed and (readable or one > public.detectable) else Level.NOTE,
        "probing",
        Fix.PHASES,
        N_(
            "Phase %(phase)s: the best of the %(probes)s submissions of one team looks better by"
            " about %(one)s than it is, by luck alone; the best of 100 such teams by %(many)s."
        ),
        _why_of_luck(facts, exposed=exposed, readable=readable),
        N_(
            "Where that is more than you care about: fewer submissions a day, more public rows, or"
            " the ranking “ladder”, which releases a score only when it is better by more than"
            " noise."
        ),
        values={
            "phase": facts.slug,
            "probes": probes,
            "one": one,
            "many": many,
            "error": public.error,
            "rows": public.rows,
        },
        phase=facts.slug,
    )


def _why_of_luck(facts: PhaseFacts, *, exposed: bool, readable: bool) -> str:
    if facts.phase.ranking == "ladder":
        return N_(
            "Little of it is seen under the ladder: it releases what is better by more than noise."
        )
    if exposed:
        return N_("There is no private board to undo it: the luckiest of many tries wins.")
    if readable:
        return N_(
            "A team has as many submissions as there are public rows: it could find out their"
            " answers one by one. The private board is there to undo it."
        )
    return N_(
        "Who tries often finds what fits these public rows by chance; the private board is there to"
        " undo it."
    )


def skill_of(facts: PhaseFacts, noise: Noise) -> float:
    """The spread of skill that a field of teams is taken to have: a standard deviation.

    A quarter of the way from the sample to the best baseline, or of what is left from there to a
    perfect score, whichever is less; where neither is known, as much as the noise.
    """
    ways = [] if facts.reach is None else [facts.reach]
    best, sample = facts.best, facts.sample
    if best is not None and sample is not None and best is not sample:
        ways.append(abs(facts.deciding(best) - facts.deciding(sample)))
    known = [way for way in ways if math.isfinite(way) and way > 0]
    return _SKILL_OF_WAY * min(known) if known else noise.own


def _shake_up(facts: PhaseFacts, public: Noise, private: Noise, budget: Budget) -> Line:
    if len(facts.field) >= FEWEST_TEAMS:
        return _shake_up_of_teams(facts, public, private, budget)
    skill = skill_of(facts, private)
    found = forecast_shake(
        teams=TEAMS, skill=skill, noise=(public.own, private.own), fields=budget.fields
    )
    return Line(
        Level.NOTE,
        "shake-up",
        Fix.SOLUTION,
        N_(
            "Phase %(phase)s: of 50 teams whose skill spreads by %(skill)s, expect moves of up to"
            " ± %(within)s places at the reveal, ± %(top)s among the public top 10; the public"
            " leader wins in %(stays)s of such contests (Kendall's tau %(low)s to %(high)s)."
        ),
        N_(
            "It is chance alone: the two boards hold different rows. Moves in this range need no"
            " explanation, larger ones come from fitting the public rows."
        ),
        N_("Say so before the reveal. More rows on both boards make it calmer."),
        how=N_(
            "%(fields)s simulated contests. The spread is a standard deviation: a quarter of the"
            " way from the sample to the best baseline, or of what is left to a perfect score if"
            " that is less; the noise is that of your boards."
        ),
        values=_values(facts, skill, found),
        phase=facts.slug,
    )


def _shake_up_of_teams(facts: PhaseFacts, public: Noise, private: Noise, budget: Budget) -> Line:
    skill, teams = spread_of_teams(facts, public), min(len(facts.field), MOST_TEAMS)
    found = forecast_shake(
        teams=teams, skill=skill, noise=(public.own, private.own), fields=budget.fields
    )
    return Line(
        Level.NOTE,
        "shake-up",
        Fix.SOLUTION,
        N_(
            "Phase %(phase)s: of its %(teams)s teams, whose skill spreads by %(skill)s, expect"
            " moves of up to ± %(within)s places at the reveal, ± %(top)s among the public top 10;"
            " the public leader wins in %(stays)s of such contests (Kendall's tau %(low)s to"
            " %(high)s)."
        ),
        N_(
            "It is chance alone: the two boards hold different rows. Moves in this range need no"
            " explanation, larger ones come from fitting the public rows."
        ),
        N_("Say so before the reveal. More rows on both boards make it calmer."),
        how=N_(
            "%(fields)s simulated contests. The spread is a standard deviation: that of the teams'"
            " public scores, by their quartiles, less the noise in them; the noise is that between"
            " your first teams."
        ),
        values={**_values(facts, skill, found), "teams": teams},
        phase=facts.slug,
    )


def spread_of_teams(facts: PhaseFacts, public: Noise) -> float:
    """The spread of the teams' skill: that of their public scores less the boards' noise.

    The quartiles of a normal distribution lie 1.349 standard deviations apart; a few teams that
    failed say nothing of the others.
    """
    low, high = np.quantile(facts.field, [0.25, 0.75])
    variance = ((high - low) / 1.349) ** 2 - public.own**2
    return math.sqrt(variance) if variance > 0 else public.own


def _values(facts: PhaseFacts, skill: float, found: Forecast) -> dict[str, str | int | float]:
    return {
        "phase": facts.slug,
        "skill": skill,
        "within": found.within,
        "top": found.within_top,
        "stays": share_in_words(found.winner_stays),
        "fields": found.fields,
        "tau": found.kendall.mean,
        "low": found.kendall.low,
        "high": found.kendall.high,
    }
