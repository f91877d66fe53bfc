"""One team of the story hands in another's file with a few rows changed: the organiser may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from server.cli.demo.crews import SHOWN
from server.cli.demo.story import PlannedSubmission, PlannedTeam

CHALLENGE, PHASE = "digits", "a"
CHANGED = 0.03
# Somebody has to see the file first.
LATER = timedelta(hours=6)

Lines = Sequence[PlannedSubmission]


def with_a_copy(story: Lines) -> list[PlannedSubmission]:
    """Return the story with the copy; as it is where no team could have made one.

    Copied is the best file of a good team; by one whose own models are simpler, in its last file.
    """
    teams = _teams(story)
    pairs = (
        (theirs[-1], own[-1])
        for theirs in sorted(teams, key=lambda lines: lines[-1].at)
        if _ends_best(theirs)
        for own in sorted(teams, key=_best)
        if _best(own) < _best(theirs) and own[-1].at >= theirs[-1].at + LATER
    )
    for seen, last in pairs:
        copied = replace(last, model=replace(seen.model, changed=CHANGED))
        return [copied if line is last else line for line in story]
    return list(story)


def _teams(story: Lines) -> list[Lines]:
    """Return the lines of each team that handed in only what is read; not the student's own."""
    lines: dict[PlannedTeam, list[PlannedSubmission]] = defaultdict(list)
    for line in story:
        if line.challenge == CHALLENGE and line.phase == PHASE and SHOWN not in line.team.members:
            lines[line.team].append(line)
    return [sent for sent in lines.values() if not any(line.model.mistake for line in sent)]


def _best(lines: Iterable[PlannedSubmission]) -> int:
    return max(line.model.recipe.stage for line in lines)


def _ends_best(lines: Lines) -> bool:
    """Whether a team's last model is riper than those before: its file counts."""
    *before, last = (line.model.recipe.stage for line in lines)
    return bool(before) and last > max(before)
