"""Every kind of notification there is. Letters about one's own account are none: they always go."""

from server.notifications.rules import Kind, Section
from server.shared.errors import N_

_RESULTS, _CHALLENGES = Section.RESULTS, Section.CHALLENGES
_TEAM, _ORGANISING = Section.TEAM, Section.ORGANISING

ALL = (
    Kind(
        "submission_scored",
        _RESULTS,
        N_("A submission of yours was scored"),
        N_("%(challenge)s: submission %(number)s (%(file)s) is scored."),
        by_mail=False,
    ),
    Kind(
        "submission_rejected",
        _RESULTS,
        N_("A submission of yours was rejected"),
        N_("%(challenge)s: submission %(number)s (%(file)s) was rejected; its page says why."),
        by_mail=False,
    ),
    Kind(
        "submission_failed",
        _RESULTS,
        N_("A submission of yours could not be scored"),
        N_("%(challenge)s: submission %(number)s (%(file)s) could not be scored."),
        by_mail=False,
    ),
    Kind(
        "result_revealed",
        _RESULTS,
        N_("The final result of a phase is out"),
        N_("%(challenge)s: the final result of %(phase)s is out."),
    ),
    Kind(
        "evaluation_live",
        _RESULTS,
        N_("A phase was scored anew, and it concerns you"),
        N_("%(challenge)s: %(phase)s was scored anew, and it concerns your team %(team)s."),
    ),
    Kind(
        "winners_published",
        _RESULTS,
        N_("The winners of a challenge are published"),
        N_("%(challenge)s: the winners are published."),
    ),
    Kind(
        "winners_changed",
        _RESULTS,
        N_("A challenge has other winners than were published"),
        N_("%(challenge)s: other winners are published than before."),
    ),
    Kind(
        "winners_withdrawn",
        _RESULTS,
        N_("The winners of a challenge were taken back"),
        N_("%(challenge)s: the organisers took back the winners that they had published."),
    ),
    Kind(
        "certificate",
        _RESULTS,
        N_("A certificate of yours was issued"),
        N_("Your certificate for %(title)s is issued."),
    ),
    Kind(
        "certificate_replaced",
        _RESULTS,
        N_("A certificate of yours was replaced by a new one"),
        N_("Your certificate for %(title)s was replaced: what it said of the result has changed."),
    ),
    Kind(
        "certificate_revoked",
        _RESULTS,
        N_("A certificate of yours was revoked"),
        N_("Your certificate for %(title)s was revoked; its page says why."),
    ),
    Kind(
        "adviser",
        _TEAM,
        N_("You were named the adviser of a team"),
        N_("You are named as an adviser of the team %(team)s in %(challenge)s."),
    ),
    Kind(
        "grade",
        _RESULTS,
        N_("A grade was published"),
        N_("%(challenge)s: your grade is published."),
    ),
    Kind(
        "announcement",
        _CHALLENGES,
        N_("The organisers announce something"),
        N_("%(challenge)s: %(title)s"),
    ),
    Kind(
        "answer",
        _CHALLENGES,
        N_("Your question was answered"),
        N_("%(challenge)s: the organisers answered your question “%(title)s”."),
    ),
    Kind(
        "registration_decided",
        _CHALLENGES,
        N_("Your request to take part was decided"),
        N_("%(challenge)s: the organisers decided on your request to take part."),
        cases={
            "admitted": N_(
                "%(challenge)s: the organisers admitted you. Next, form a team or join one."
            ),
            "admitted_why": N_(
                "%(challenge)s: the organisers admitted you. Next, form a team or join one. "
                "They say: “%(reason)s”"
            ),
            "refused": N_(
                "%(challenge)s: the organisers did not admit you, and gave no reason. They can "
                "still admit you later; until then you can read the pages and the leaderboard."
            ),
            "refused_why": N_(
                "%(challenge)s: the organisers did not admit you. They say why: “%(reason)s” They "
                "can still admit you later; until then you can read the pages and the leaderboard."
            ),
        },
    ),
    Kind(
        "deadline_extended",
        _CHALLENGES,
        N_("A deadline was extended"),
        N_("%(challenge)s: %(phase)s closes later now, on %(ends)s."),
        moments=frozenset({"ends"}),
    ),
    Kind(
        "deadline_moved",
        _CHALLENGES,
        N_("A deadline was changed"),
        N_("%(challenge)s: %(phase)s now closes on %(ends)s."),
        cases={
            "earlier": N_(
                "%(challenge)s: %(phase)s closes earlier now, on %(ends)s; it was to close on "
                "%(before)s."
            ),
        },
        moments=frozenset({"ends", "before"}),
    ),
    Kind(
        "deadline_reminder",
        _CHALLENGES,
        N_("A deadline comes near"),
        N_(
            "%(challenge)s: %(phase)s closes on %(ends)s, and your team can still submit or choose."
        ),
        moments=frozenset({"ends"}),
    ),
    Kind(
        "team_admitted",
        _TEAM,
        N_("Your team was admitted to a phase"),
        N_("%(challenge)s: by the result as it stands now your team %(team)s is in %(phase)s."),
    ),
    Kind(
        "extra_submissions",
        _TEAM,
        N_("Your team got extra submissions"),
        N_("%(challenge)s: your team %(team)s may submit more."),
    ),
    Kind(
        "disqualified",
        _TEAM,
        N_("Your team, or a submission of it, was disqualified or reinstated"),
        N_("%(challenge)s: the organisers decided on your team %(team)s; its page says what."),
        cases={
            "team_off": N_(
                "%(challenge)s: the organisers disqualified your team %(team)s. "
                "They say why: “%(reason)s”"
            ),
            "team_back": N_(
                "%(challenge)s: the organisers reinstated your team %(team)s: it is back on the "
                "boards. They say why: “%(reason)s”"
            ),
            "submission_off": N_(
                "%(challenge)s: the organisers took submission %(number)s of your team %(team)s "
                "off the board. They say why: “%(reason)s”"
            ),
            "submission_back": N_(
                "%(challenge)s: the organisers put submission %(number)s of your team %(team)s "
                "back: it counts again. They say why: “%(reason)s”"
            ),
        },
    ),
    Kind(
        "team_invited",
        _TEAM,
        N_("A captain invites you into a team"),
        N_("%(challenge)s: %(person)s invites you into the team %(team)s."),
        by_mail=False,
    ),
    Kind(
        "team_requested",
        _TEAM,
        N_("Somebody asks to join the team that you lead"),
        N_("%(challenge)s: %(comer)s asks to join %(team)s."),
    ),
    Kind(
        "team_decided",
        _TEAM,
        N_("A captain answered your request"),
        N_("%(challenge)s: the captain of %(team)s answered your request."),
        cases={
            "accepted": N_(
                "%(challenge)s: the captain of %(team)s accepted you: you are a member now."
            ),
            "declined": N_(
                "%(challenge)s: the captain of %(team)s did not accept your request. You can take "
                "part on your own, or join another team."
            ),
            "stays_apart": N_(
                "%(challenge)s: the captain of %(team)s does not want the two teams to merge. "
                "Yours goes on as it was."
            ),
        },
    ),
    Kind(
        "team_joined",
        _TEAM,
        N_("Somebody joined your team"),
        N_("%(challenge)s: %(comer)s joined your team %(team)s."),
        by_mail=False,
    ),
    Kind(
        "team_left",
        _TEAM,
        N_("Somebody left your team"),
        N_("%(challenge)s: %(leaver)s left your team %(team)s."),
        by_mail=False,
        cases={
            "removed": N_("%(challenge)s: the captain took %(leaver)s out of your team %(team)s."),
        },
    ),
    Kind(
        "team_changed",
        _TEAM,
        N_("Your place in a team changed: removed, made captain, or merged"),
        N_("%(challenge)s: something changed for you in the team %(team)s."),
        cases={
            "removed": N_(
                "%(challenge)s: the captain took you out of the team %(team)s. You can take part "
                "on your own, or join another team."
            ),
            "captain": N_("%(challenge)s: you are the captain of the team %(team)s now."),
            "merged": N_("%(challenge)s: two teams are one now, your team %(team)s."),
        },
    ),
    Kind(
        "question",
        _ORGANISING,
        N_("A participant asks a question"),
        N_("%(challenge)s: %(person)s asks “%(title)s”."),
    ),
    Kind(
        "registration",
        _ORGANISING,
        N_("Somebody asks to take part in your challenge"),
        N_("%(challenge)s: %(person)s asks to take part."),
        by_mail=False,
    ),
    Kind(
        "scoring_failed",
        _ORGANISING,
        N_("A submission to your challenge could not be scored"),
        N_("%(challenge)s: submission %(number)s could not be scored."),
    ),
    Kind(
        "draft_shared",
        _ORGANISING,
        N_("Somebody lets you write, or judge, the draft of a challenge"),
        N_("%(person)s lets you into the draft of %(challenge)s; it says there what you may do."),
    ),
    Kind(
        "role_given",
        _ORGANISING,
        N_("You are to run, or to judge, a challenge"),
        N_("%(person)s made you one of the people who run or judge %(challenge)s."),
    ),
    Kind(
        "winners_outdated",
        _ORGANISING,
        N_("The winners that you published are no longer those of the board"),
        N_("%(challenge)s: the board changed after you published the winners. Look at them again."),
    ),
)
KINDS = {kind.name: kind for kind in ALL}


def kind_named(name: str) -> Kind:
    """Return a kind. Raises KeyError, a mistake of ours."""
    return KINDS[name]
