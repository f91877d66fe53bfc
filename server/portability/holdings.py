"""What is kept of a person, table by table: why, how long, and what is left of it afterwards.

From this one list come the copy of somebody's data, what a page says before an account is
deleted, and the deletion itself. A test fails for a table that names an account and is not here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from server.shared.errors import N_

WITH_ACCOUNT = N_("as long as the account")
WITH_CHALLENGE = N_("as long as the challenge is kept")
WITH_LOG = N_("as long as this service is run")
NINETY_DAYS = N_("90 days")
THIRTY_DAYS = N_("30 days after it was sent")
FOURTEEN_DAYS = N_("14 days after the browser's last use")
SEVEN_DAYS = N_("7 days")

WHO_YOU_ARE = N_("to know who takes part, and to write to you")
TO_LET_YOU_IN = N_("to let you in, and nobody else")
AGAINST_CHEATING = N_("to find two accounts of one person, and break-ins")
TO_RUN = N_("to run the challenge, and to check a result later")
TO_TELL_YOU = N_("to tell you what changed, the way you want it")
TO_PROVE = N_("so that others can check what you reached")
WHAT_YOU_DID = N_("to see afterwards who decided what")
WHAT_WE_AGREED = N_("to know what we agreed")
YOUR_CHOICE = N_("because you chose to show it")
YOUR_ROLE = N_("to know what you may do")
YOUR_WORK = N_("so that you can go on with your work")


class After(StrEnum):
    """What is left of a person's rows once the account is deleted."""

    DELETED = "deleted"
    # They stay, with no more than a number that leads to nobody; what was typed is emptied.
    ANONYMOUS = "anonymous"


class Holding(NamedTuple):
    """A table that holds something of a person.

    `by` names the columns that hold the account's number; `emptied` what columns become when the
    rows stay; `hidden` columns never leave in a copy, because they open something or say more than
    the person may know; `only`, where it is given, names the columns that do, of rows that are
    about something else. `written_here` are texts that only programs write: no name is in them.
    """

    table: str
    by: tuple[str, ...]
    what: str
    why: str
    lasts: str
    after: After
    emptied: Mapping[str, Any] = {}
    hidden: frozenset[str] = frozenset()
    only: tuple[str, ...] = ()
    written_here: frozenset[str] = frozenset()


LEASE = frozenset({"lease_until", "lease_holder", "interruptions", "trace"})


def _of(*names: str) -> frozenset[str]:
    return frozenset(names)


def _decided(table: str, by: str, what: str, *only: str) -> Holding:
    """Return the holding of rows about something else, of which a person is named as who did it."""
    return Holding(
        table=table,
        by=(by,),
        what=what,
        why=WHAT_YOU_DID,
        lasts=WITH_CHALLENGE,
        after=After.ANONYMOUS,
        only=(*only, by),
    )


HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "second_factor",
        ("account_id",),
        N_("Two-step sign-in"),
        TO_LET_YOU_IN,
        WITH_ACCOUNT,
        After.DELETED,
        hidden=_of("secret", "last_step"),
    ),
    Holding(
        "recovery_code",
        ("account_id",),
        N_("Recovery codes, as hashes"),
        TO_LET_YOU_IN,
        WITH_ACCOUNT,
        After.DELETED,
        hidden=_of("digest"),
    ),
    Holding(
        "browser_session",
        ("account_id",),
        N_("Browsers in which you are signed in"),
        TO_LET_YOU_IN,
        FOURTEEN_DAYS,
        After.DELETED,
        hidden=_of("digest"),
    ),
    Holding(
        "api_token",
        ("account_id",),
        N_("Tokens of programs, as hashes"),
        TO_LET_YOU_IN,
        WITH_ACCOUNT,
        After.DELETED,
        hidden=_of("digest"),
    ),
    Holding(
        "sighting",
        ("account_id",),
        N_("Addresses and devices of sign-ins and uploads"),
        AGAINST_CHEATING,
        NINETY_DAYS,
        After.DELETED,
    ),
    Holding(
        "profile",
        ("account_id",),
        N_("What you wrote on your page"),
        YOUR_CHOICE,
        WITH_ACCOUNT,
        After.DELETED,
    ),
    Holding(
        "policy_acceptance",
        ("account_id",),
        N_("Versions of the terms that you agreed to"),
        WHAT_WE_AGREED,
        WITH_ACCOUNT,
        After.DELETED,
    ),
    Holding(
        "affiliation_request",
        ("account_id",),
        N_("Requests to belong to a university"),
        YOUR_ROLE,
        WITH_ACCOUNT,
        After.DELETED,
    ),
    Holding(
        "university_manager",
        ("account_id",),
        N_("Universities that you manage"),
        YOUR_ROLE,
        WITH_ACCOUNT,
        After.DELETED,
    ),
    Holding(
        "organiser",
        ("account_id",),
        N_("Challenges that you organise"),
        YOUR_ROLE,
        WITH_CHALLENGE,
        After.DELETED,
    ),
    Holding(
        "adviser",
        ("account_id",),
        N_("Teams that you advise"),
        YOUR_ROLE,
        WITH_CHALLENGE,
        After.DELETED,
    ),
    Holding(
        "membership",
        ("account_id",),
        N_("Teams that you are in"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
    ),
    Holding(
        "team_origin",
        ("account_id",),
        N_("The university for which you were in a team of several"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
    ),
    Holding(
        "participation",
        ("account_id",),
        N_("Challenges that you joined, and the rules that you accepted"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
        written_here=_of("rules_sha256"),
    ),
    Holding(
        "participant",
        ("account_id",),
        N_("Challenges in which you count for your university"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
    ),
    Holding(
        "join_request",
        ("account_id",),
        N_("Requests to join teams"),
        TO_RUN,
        WITH_CHALLENGE,
        After.DELETED,
    ),
    Holding(
        "registration",
        ("account_id",),
        N_("Registrations for challenges, with your answers"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
        emptied={"message": "", "answers": {}, "reason": ""},
        written_here=_of("rules_sha256"),
    ),
    Holding(
        "submission",
        ("account_id",),
        N_("Files that you submitted"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
        emptied={"filename": "", "comment": ""},
        hidden=LEASE | _of("faults", "state", "scored_at", "message", "trace_said"),
        written_here=_of("baseline", "sha256", "message", "faults", "trace", "lease_holder")
        | _of("trace_said", "disqualified_reason"),
    ),
    Holding(
        "submission_note",
        ("account_id",),
        N_("Notes on submissions"),
        YOUR_WORK,
        WITH_CHALLENGE,
        After.DELETED,
    ),
    Holding(
        "published_grade",
        ("account_id",),
        N_("Grades of courses"),
        TO_RUN,
        WITH_CHALLENGE,
        After.DELETED,
    ),
    Holding(
        "question",
        ("account_id",),
        N_("Questions that you asked"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
        emptied={"title": "", "published_question": "", "named": False},
        written_here=_of("published_answer"),
    ),
    Holding(
        "question_post",
        ("account_id",),
        N_("What you wrote in questions and answers"),
        TO_RUN,
        WITH_CHALLENGE,
        After.ANONYMOUS,
        emptied={"markdown": ""},
    ),
    Holding(
        "trial",
        ("account_id",),
        N_("Metrics that you tried"),
        YOUR_WORK,
        SEVEN_DAYS,
        After.DELETED,
        hidden=LEASE,
    ),
    Holding(
        "certificate",
        ("account_id",),
        N_("Certificates, with their public pages"),
        TO_PROVE,
        N_("as long as this service is run, or until the account is deleted"),
        After.DELETED,
    ),
    Holding(
        "notification",
        ("account_id",),
        N_("Notifications"),
        TO_TELL_YOU,
        WITH_ACCOUNT,
        After.DELETED,
    ),
    Holding(
        "notification_choice",
        ("account_id",),
        N_("What you want to be told, and how"),
        TO_TELL_YOU,
        WITH_ACCOUNT,
        After.DELETED,
    ),
    Holding(
        "outgoing_mail",
        ("account_id",),
        N_("Messages to you"),
        TO_TELL_YOU,
        THIRTY_DAYS,
        After.DELETED,
        hidden=_of("attempts", "error"),
    ),
    Holding(
        "data_export",
        ("account_id",),
        N_("Copies of your data"),
        N_("because you asked for them"),
        SEVEN_DAYS,
        After.ANONYMOUS,
        hidden=LEASE | _of("sha256", "problem"),
        written_here=_of("sha256", "problem", "lease_holder"),
    ),
    Holding(
        "challenge_draft",
        ("owner_id",),
        N_("Challenges that you write"),
        YOUR_WORK,
        WITH_ACCOUNT,
        After.ANONYMOUS,
        emptied={"invited": [], "definition": {}, "pages": {}},
        written_here=_of("slug", "zone"),
    ),
    Holding(
        "draft_person",
        ("account_id",),
        N_("Challenges that you write with others"),
        YOUR_ROLE,
        WITH_CHALLENGE,
        After.DELETED,
    ),
    Holding(
        "event",
        ("actor_id",),
        N_("What you changed here"),
        WHAT_YOU_DID,
        WITH_LOG,
        After.ANONYMOUS,
        only=("at", "kind", "challenge_id", "team_id", "subject_id"),
    ),
    _decided(
        "affiliation_request",
        "decided_by",
        N_("Requests of members that you decided"),
        "decided_at",
    ),
    _decided("registration", "decided_by", N_("Registrations that you decided"), "decided_at"),
    _decided("evaluation", "created_by", N_("Evaluations that you began"), "created_at"),
    _decided(
        "integrity_report", "asked_by", N_("Integrity reports that you asked for"), "asked_at"
    ),
    _decided("standard", "created_by", N_("Standards that you defined"), "created_at"),
    _decided("certificate_job", "asked_by", N_("Certificates that you had made"), "asked_at"),
    _decided("draft_job", "asked_by", N_("Checks of drafts that you asked for"), "asked_at"),
    _decided("grade_book", "published_by", N_("Grades that you published"), "published_at"),
    _decided("adviser", "named_by", N_("Advisers that you named"), "named_at"),
    _decided(
        "policy_version", "created_by", N_("Versions of the terms that you wrote"), "created_at"
    ),
    _decided("announcement", "author_id", N_("Announcements that you wrote"), "published_at"),
    _decided("winners", "published_by", N_("Winners that you published"), "published_at"),
    _decided("phase", "paused_by", N_("Pauses that you ordered"), "paused_at"),
    _decided("team", "captain_id", N_("Teams whose captain you are"), "name", "created_at"),
)
