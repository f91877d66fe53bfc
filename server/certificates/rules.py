"""Pure decisions on certificates: their codes, who gets which, and what became of one."""

import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from server.shared.errors import N_, Conflict, Invalid

# No 0, 1, I, L and O: nobody confuses two of these, printed or read out. 31 is a prime, so that the
# check character finds every wrong character and every two that changed places.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DRAWN = 15
GROUP = 4
MOST_TOP = 100_000
LONGEST_REASON = 500


class Kind(StrEnum):
    """What a certificate is for."""

    PARTICIPATION = "participation"
    PLACEMENT = "placement"
    LEVEL = "level"


class State(StrEnum):
    """Whether a certificate stands; a withdrawn one has forgotten its holder."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why a certificate stands no more."""

    EVALUATED_ANEW = "evaluated anew"
    BOARD_CHANGED = "board changed"
    OTHER_RULE = "other rule"
    TEAM_OUT = "team out"
    NOT_REACHED = "not reached"
    LEVEL_CHANGED = "level changed"
    BY_HAND = "by hand"
    ACCOUNT_CLOSED = "account closed"


class Placing(StrEnum):
    """Who gets a certificate for a place."""

    NOBODY = "nobody"
    MEDALS = "medals"
    TOP = "top"


class JobState(StrEnum):
    """Where a job of certificates stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ACTIVE = (JobState.QUEUED, JobState.RUNNING)


class JobKind(StrEnum):
    """What a job makes: certificates, or a file with many of them."""

    HAND_OUT = "hand out"
    LEVELS = "levels"
    BUNDLE = "bundle"


class HandOut(NamedTuple):
    """By what rules a challenge's certificates are given; `top` counts where placing is by it."""

    participation: bool = True
    placing: Placing = Placing.MEDALS
    top: int = 10

    def as_json(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            "participation": self.participation,
            "placing": self.placing.value,
            "top": self.top,
        }


def hand_out_of(stored: Mapping[str, Any]) -> HandOut:
    """Return the rules that were stored."""
    return HandOut(stored["participation"], Placing(stored["placing"]), stored["top"])


def check_hand_out(rules: HandOut) -> None:
    """Refuse rules by which nobody would get anything. Raises Invalid."""
    if rules.placing is Placing.TOP and not 1 <= rules.top <= MOST_TOP:
        raise Invalid(N_("Say how many ranks: a number from 1."), field="top")
    if not rules.participation and rules.placing is Placing.NOBODY:
        raise Invalid(N_("Choose at least one kind of certificate."), field="participation")


def kind_for(
    rules: HandOut, *, rank: int | None, medal: str | None, submissions: int
) -> Kind | None:
    """Return which certificate a team's members get, if any: that of the place comes first.

    `rank` is the final rank, None for a team without one; `submissions` were scored in time.
    """
    placed = rank is not None and (
        (rules.placing is Placing.MEDALS and medal is not None)
        or (rules.placing is Placing.TOP and rank <= rules.top)
    )
    if placed:
        return Kind.PLACEMENT
    return Kind.PARTICIPATION if rules.participation and submissions > 0 else None


def require_revealed(*, revealed: bool) -> None:
    """Refuse to speak of a result that is not out. Raises Conflict."""
    if not revealed:
        raise Conflict(
            N_("Certificates are handed out after the result of the last phase is revealed."),
            code="not-revealed",
        )


def clean_reason(text: str) -> str:
    """Return a reason on one line. Raises Invalid."""
    reason = " ".join(text.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(
            N_("Give a reason of up to 500 characters: its page says it."), field="reason"
        )
    return reason


def check_character(drawn: str) -> str:
    """Return the character that ends a code: a weighted sum of the others, modulo 31.

    >>> check_character("222222222222222"), check_character("322222222222222")
    ('2', '3')
    """
    total = sum(place * ALPHABET.index(letter) for place, letter in enumerate(drawn, 1))
    return ALPHABET[total % len(ALPHABET)]


def new_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a code that nobody can guess (74 bits), with its check character, in one piece."""
    drawn = "".join(choose(ALPHABET) for _ in range(DRAWN))
    return drawn + check_character(drawn)


def shown_code(code: str) -> str:
    """Return a code as people read it: in groups of four.

    >>> shown_code("K7QM2R4T9XWBHD3C")
    'K7QM-2R4T-9XWB-HD3C'
    """
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def typed_code(text: str) -> str | None:
    """Return a code as it is kept from how somebody typed it, or None where it is none.

    Case, spaces and dashes do not matter. One wrong character, or two that changed places, is seen.
    """
    code = "".join(c for c in text.upper() if c.isalnum() and c.isascii())
    if len(code) != DRAWN + 1 or any(c not in ALPHABET for c in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def same_result(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether what a certificate says of a result is what would be said today.

    Names are as of the issue and make no difference; nor does what a level rests on beyond what
    was told, nor the number of an evaluation that came to the same result.
    """
    if before["kind"] != now["kind"] or _said(before["placement"]) != _said(now["placement"]):
        return False
    if before["level"] is None or now["level"] is None:
        return bool(before["level"] == now["level"])
    same = before["level"]["level"] == now["level"]["level"]
    known = [_said(result) for result in now["level"]["results"]]
    return same and all(_said(result) in known for result in before["level"]["results"])


def _said(result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if result is None else {**result, "evaluation": None}


def reason_for(before: Mapping[str, Any], now: Mapping[str, Any]) -> Reason:
    """Return why what was said of a result is replaced by what is said today."""
    if before["level"] is not None:
        return _reason_for_level(before["level"], now["level"] or {})
    old, new = before["placement"], now["placement"]
    if old is None or new is None:
        # The place was gained or lost: by the rules, or because the board is another.
        return Reason.OTHER_RULE
    if old["evaluation"] != new["evaluation"]:
        return Reason.EVALUATED_ANEW
    return Reason.BOARD_CHANGED


def _reason_for_level(before: Mapping[str, Any], now: Mapping[str, Any]) -> Reason:
    if before["level"] != now.get("level"):
        return Reason.LEVEL_CHANGED
    known = {(one["challenge"], one["phase"]): one for one in now["results"]}
    pairs = [(old, known.get((old["challenge"], old["phase"]), old)) for old in before["results"]]
    changed = [(old, new) for old, new in pairs if _said(old) != _said(new)]
    anew = any(old["evaluation"] != new["evaluation"] for old, new in changed)
    return Reason.EVALUATED_ANEW if anew else Reason.BOARD_CHANGED
