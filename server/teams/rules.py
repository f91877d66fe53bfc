"""Pure decisions on teams: names, who may come in, who leads, and which teams may merge."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from server.challenges.rules import INCLUSIVE, Joining
from server.shared.errors import N_, Conflict, Forbidden, Invalid

SHORTEST_NAME = 2
LONGEST_NAME = 80
LONGEST_KEY = 120
# The zero-width joiners belong to emoji and to Persian or Indic words; they count for nothing else.
JOINERS = "\u200c\u200d"
# Letters by their category that no screen shows.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_STRONG = frozenset({"L", "R", "AL"})
# From here on stand the letters that Chinese is written with, and their neighbours'.
_HAN = "\u2e80"


class Entrance(StrEnum):
    """How somebody comes into a team by its link."""

    AT_ONCE = "at once"
    ASK = "ask"


class TeamName(NamedTuple):
    """A name as it is shown, and the key by which two names are the same."""

    name: str
    key: str


class Affiliation(NamedTuple):
    """A university that a person or a team belongs to."""

    id: int
    name: str


class PhaseUse(NamedTuple):
    """A phase's quotas, and the counted submissions in it of a team and of the one it joins."""

    title: str
    per_day: int
    total: int
    starts: datetime
    ends: datetime
    revealed: bool
    brought: int
    kept: int

    @property
    def used(self) -> int:
        """The submissions of both."""
        return self.brought + self.kept


def name_key(name: str) -> str:
    """Return what makes two names the same: neither case, width, accents' form nor blanks do."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.translate(dict.fromkeys(map(ord, JOINERS))).split())


def check_name(text: str) -> TeamName:
    """Return a typed name, cleaned.

    Raises:
        Invalid: too short, too long, or with characters that can't be seen or turn the text round.
    """
    # Of a longer one so much says that it is too long: marks are ordered in time by their square.
    name = unicodedata.normalize("NFC", " ".join(text.split())[: 10 * LONGEST_NAME])
    if not _is_visible(name):
        raise Invalid(
            N_("A team's name can't hold invisible or text-direction characters."), field="name"
        )
    key = name_key(name)
    if len(key) < SHORTEST_NAME or len(name) > LONGEST_NAME or len(key) > LONGEST_KEY:
        raise Invalid(
            N_("A team's name has %(shortest)s to %(longest)s characters."),
            field="name",
            shortest=SHORTEST_NAME,
            longest=LONGEST_NAME,
        )
    return TeamName(name, key)


def _is_visible(name: str) -> bool:
    return all((c.isprintable() and c not in BLANKS) or c in JOINERS for c in name)


def own_name(person: str, taken: Collection[str], *, language: str = "en") -> TeamName:
    """Return a name for somebody's own team that no key in `taken` has: "Wei's team".

    It is put into the person's language, and stays so for every reader: it is a name.
    """
    shown = " ".join("".join(c if _is_visible(c) else " " for c in person).split())
    nobody = "匿名" if language == "zh" else "Somebody"
    for number in count(1):
        ending = _ending(shown or nobody, language).format("" if number == 1 else f" {number}")
        name = f"{shown[: LONGEST_NAME - len(ending)].strip() or nobody}{ending}"
        key = name_key(name)[:LONGEST_KEY]
        if key not in taken:
            break
    return TeamName(name, key)


def _ending(person: str, language: str) -> str:
    """Return what makes a person's name a team's, with a place for a number.

    A name that runs from right to left takes an ending that does not belong to its last letter:
    "'s" would stand before the name, turned around. Chinese keeps a blank to Latin letters.
    """
    if language == "zh":
        return "的队伍{}" if name_key(person)[-1:] >= _HAN else " 的队伍{}"
    return " (team{})" if runs_from_right(person) else "'s team{}"


def runs_from_right(text: str) -> bool:
    """Whether a text reads from right to left: its first letter with a direction says so."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((found for found in strong if found in _STRONG), "L") != "L"


def code_in(text: str) -> str:
    """Return the code in what was pasted: the code itself, or the whole invite link."""
    return text.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2]


def locked_from(*, lock_at: datetime | None, ends: Iterable[datetime]) -> datetime | None:
    """Return the last moment at which teams may change: the lock, or the last phase's end."""
    last = max(ends, default=None)
    known = [moment for moment in (lock_at, last) if moment is not None]
    return min(known, default=None)


def is_locked(locked: datetime | None, now: datetime) -> bool:
    """Whether teams stay as they are; like every deadline it is inclusive to the second."""
    return locked is not None and now >= locked + INCLUSIVE


def check_changeable(*, locked: datetime | None, disqualified: bool, now: datetime) -> None:
    """Raise Conflict where nobody may come into a team or leave it any more."""
    if is_locked(locked, now):
        raise Conflict(
            N_("Teams were locked on %(moment)s: their members stay as they are."),
            code="teams-locked",
            moment=f"{locked:%d %b %Y, %H:%M} UTC",
        )
    if disqualified:
        raise Conflict(
            N_("The team is disqualified: its members stay unless the organisers reinstate it."),
            code="disqualified",
        )


def check_room(*, members: int, coming: int, max_size: int) -> None:
    """Raise Conflict where the members and those who come are more than a team may have."""
    if members + coming > max_size:
        raise Conflict(
            N_("A team here has room for %(max_size)s; this one would have %(would)s."),
            code="team-full",
            max_size=max_size,
            would=members + coming,
        )


def check_university(
    *,
    same_university: bool,
    team: str,
    of_team: Affiliation | None,
    comer: str,
    of_comer: Affiliation | None,
) -> None:
    """Raise Forbidden where a challenge wants one university a team and these are two."""
    if not same_university or of_team == of_comer:
        return
    raise Forbidden(
        _university_message(of_team, of_comer),
        code="other-university",
        team=team,
        comer=comer,
        of_team=of_team.name if of_team else "",
        of_comer=of_comer.name if of_comer else "",
    )


def _university_message(of_team: Affiliation | None, of_comer: Affiliation | None) -> str:
    if of_comer is None:
        return N_(
            "The teams of this challenge are of one university: %(team)s competes for "
            "%(of_team)s, and %(comer)s has no university yet. Ask for it under Settings, "
            "University, and try again when it is confirmed."
        )
    if of_team is None:
        return N_(
            "The teams of this challenge are of one university: %(team)s has none, and %(comer)s "
            "belongs to %(of_comer)s. The captain of %(team)s can ask for it under Settings, "
            "University, before the team's first submission."
        )
    return N_(
        "The teams of this challenge are of one university: %(team)s competes for %(of_team)s, "
        "and %(comer)s belongs to %(of_comer)s. If that is out of date, change it under Settings, "
        "University; otherwise take part in another team."
    )


def entrance(*, joining: Joining, invited: bool) -> Entrance:
    """Return how a link lets somebody in.

    Raises:
        Forbidden: only those whom the captain invited may come in, and this one is not.
    """
    if invited or joining is Joining.OPEN:
        return Entrance.AT_ONCE
    if joining is Joining.APPROVAL:
        return Entrance.ASK
    raise Forbidden(
        N_(
            "In this challenge a captain invites each member by e-mail, and your address has no "
            "invitation from this team. Ask its captain to invite the address of your account."
        ),
        code="not-invited",
    )


def check_captain(*, captain_id: int, actor_id: int | None, is_admin: bool) -> None:
    """Raise Forbidden unless the captain, or an administrator, asks."""
    if actor_id != captain_id and not is_admin:
        raise Forbidden(N_("Only the team's captain may do this."), code="not-captain")


def captain_after(*, captain_id: int, leaving_id: int, members: Sequence[int]) -> int | None:
    """Return who leads once a member has left, of members longest first; None: nobody is left."""
    staying = [m for m in members if m != leaving_id]
    if captain_id in staying:
        return captain_id
    return staying[0] if staying else None


def check_leaving(*, stays: int | None, has_submitted: bool) -> None:
    """Raise Conflict where the last member would leave submissions that belong to nobody."""
    if stays is None and has_submitted:
        raise Conflict(
            N_(
                "You are the last member, and the team has submissions: its results stay yours. "
                "To go on with others, merge the team into theirs."
            ),
            code="last-member",
        )


def days_begun(*, starts: datetime, ends: datetime, now: datetime) -> int:
    """Return how many days (UTC) of a phase have begun, at least 1; none begins after its end."""
    begun = (min(now, ends).astimezone(UTC).date() - starts.astimezone(UTC).date()).days + 1
    return max(1, begun)


def check_final(uses: Iterable[PhaseUse], *, team: str) -> None:
    """Raise Conflict where a team would vanish from results that are final."""
    for use in uses:
        if use.revealed and use.brought:
            raise Conflict(
                N_(
                    "%(team)s stands in the final results of %(phase)s, and a merger would take it "
                    "out of them. Merge the other team into %(team)s, or stay two teams."
                ),
                code="results-final",
                team=team,
                phase=use.title,
            )


def check_merged_quota(uses: Iterable[PhaseUse], *, now: datetime) -> None:
    """Raise Conflict where two teams together have submitted more than one team could have.

    Kaggle's rule for mergers: in each phase at most the daily limit times the days begun, and
    at most the limit in total.
    """
    for use in uses:
        days = days_begun(starts=use.starts, ends=use.ends, now=now)
        most = min(use.per_day * days, use.total)
        if use.used > most:
            raise Conflict(
                N_(
                    "In %(phase)s the two teams have %(used)s submissions together; one team could "
                    "have made at most %(most)s by now (%(per_day)s a day for %(days)s days begun, "
                    "%(total)s in all). Wait, or stay two teams."
                ),
                code="merge-quota",
                phase=use.title,
                used=use.used,
                most=most,
                per_day=use.per_day,
                days=days,
                total=use.total,
            )
