"""What a challenge folder asks of the database's rows, and how that differs from what they hold."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from scorers.facts import facts_of
from server.challenges.rules import Joining, Ranking, Registering, Reveal, Visibility
from server.folders.contents import Folder
from server.folders.definition import PhaseDefinition

SHOWN_OF_A_HASH = 12
ID_COLUMN_LENGTH = 300


class ChangeKind(StrEnum):
    """What happened to a thing; `kept` says that it was left as it is, against the folder."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"


class Change(NamedTuple):
    """One thing that a deployment changed, in words for the organiser's terminal."""

    kind: ChangeKind
    what: str
    before: str = ""
    after: str = ""


def challenge_values(folder: Folder) -> dict[str, Any]:
    """Return the challenge row's values. Raises UnknownScorer, InvalidParameter."""
    definition, submission, scoring = (
        folder.definition,
        folder.definition.submission,
        folder.definition.scoring,
    )
    return {
        "title": definition.title,
        "summary": definition.summary,
        "host": definition.host,
        "tags": list(definition.tags),
        "visibility": Visibility(definition.visibility),
        "id_column": ", ".join(submission.id_columns)[:ID_COLUMN_LENGTH],
        "header": list(folder.header),
        "labels": submission.labels,
        "max_bytes": submission.max_bytes,
        "scorer": scoring.scorer,
        "params": dict(scoring.params),
        "also": list(scoring.also),
        "higher_is_better": facts_of(scoring.scorer, scoring.params, folder.code).higher_is_better,
        **_team_values(folder),
        **_registration_values(folder),
        **_data_values(folder),
        **_course_values(folder),
    }


def _registration_values(folder: Folder) -> dict[str, Any]:
    registration = folder.definition.registration
    return {"registering": Registering(registration.mode), "asks": list(registration.ask)}


def _team_values(folder: Folder) -> dict[str, Any]:
    teams = folder.definition.teams
    return {
        "max_size": teams.max_size,
        "same_university": teams.same_university,
        "joining": Joining(teams.join),
        "lock_at": teams.lock_at,
    }


def _data_values(folder: Folder) -> dict[str, Any]:
    """What the data may be used for, and what they say of people."""
    definition, privacy = folder.definition, folder.definition.privacy
    return {
        "licence": definition.licence,
        "citation": definition.citation,
        "personal_data": privacy.personal_data,
        "privacy_contact": privacy.contact,
        "privacy": privacy.statement,
    }


def _course_values(folder: Folder) -> dict[str, Any]:
    """What makes it part of a course; a folder that says nothing of it leaves that as it is."""
    course = folder.definition.course
    if course is None:
        return {}
    grading = course.grading
    return {
        "anonymous": course.anonymous,
        "late_days": course.late_days,
        "grading": None if grading is None else grading.model_dump(mode="json"),
    }


def phase_values(phase: PhaseDefinition, position: int) -> dict[str, Any]:
    """Return the phase row's values."""
    return {
        "title": phase.title,
        "position": position,
        "starts": phase.starts,
        "ends": phase.ends,
        "per_day": phase.per_day,
        "total": phase.total,
        "ranking": Ranking(phase.ranking),
        "select": phase.select,
        "reveal": Reveal(phase.reveal),
        "admit_top": phase.admit_top,
    }


def differences(row: object, values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the fields of a row that would change: what they hold and would hold, in words."""
    return {
        name: (in_words(getattr(row, name)), in_words(value))
        for name, value in values.items()
        if getattr(row, name) != value
    }


def in_words(value: Any) -> str:
    """Write a value for a terminal; of a long text its size and hash, of a hash its beginning."""
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    if "\n" not in text:
        return text
    lines = len(text.splitlines())
    return f"{lines} lines ({sha256(text.encode()).hexdigest()[:SHOWN_OF_A_HASH]})"
