"""Every route of the application as an address in the world."""

from collections.abc import Iterator
from typing import NamedTuple

from werkzeug.routing import Rule

from server.shared.access import Who, declared
from tests.security.world import World

UNIVERSITY_ROOMS = ("/universities/", "/api/v1/universities/", "/admin/universities/")
# In which forms a table can be taken along.
ENDINGS = ("csv", "xlsx")
STATIC = {"static": "varsity.css", "bootstrap.static": "css/bootstrap.min.css"}


class Address(NamedTuple):
    """One route's address and what it declares; `who` is None for static files alone."""

    endpoint: str
    rule: str
    path: str
    methods: frozenset[str]
    who: Who | None

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1")


def addresses(world: World, *, slug: str = "digits") -> Iterator[Address]:
    """Yield every route with the arguments of a challenge, its team and its submission."""
    adapter = world.app.url_map.bind("localhost")
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint)):
        for ending in ENDINGS if "ending" in rule.arguments else ENDINGS[:1]:
            arguments = _arguments(world, rule, slug, ending)
            path = adapter.build(rule.endpoint, arguments, method=_any(rule))
            who = declared(world.app.view_functions[rule.endpoint])
            yield Address(rule.endpoint, rule.rule, path, frozenset(rule.methods or ()), who)


def _any(rule: Rule) -> str:
    return min(rule.methods or {"GET"}, key=lambda m: (m in ("HEAD", "OPTIONS"), m))


def _arguments(world: World, rule: Rule, slug: str, ending: str) -> dict[str, object]:
    values = {**_values(world, rule, slug), "ending": ending}
    # An argument that is not known here is a new kind of route: say what to put in its place.
    return {name: values[name] for name in rule.arguments}


def _values(world: World, rule: Rule, slug: str) -> dict[str, object]:
    cast = world.cast
    team = "pandas" if slug == "digits" else "moon"
    of_university = rule.rule.startswith(UNIVERSITY_ROOMS)
    return {
        "slug": "munich" if of_university else slug,
        "team_id": cast.teams[team].id,
        "submission_id": world.ids[f"submission of {team}"],
        "evaluation_id": world.ids["evaluation" if slug == "digits" else "evaluation of tides"],
        "report_id": world.ids[f"report of {slug}"],
        "season": "term",
        "account_id": cast.people["mei" if not of_university else "jonas"].id,
        "request_id": world.ids["request to munich"],
        "token_id": world.ids["token of mei"],
        "code": _code(world, rule, slug),
        "certificate_id": world.ids[f"certificate of {slug}"],
        "standard": "skills",
        "job_id": world.ids["bundle"],
        "token": world.tokens.get(rule.endpoint, ""),
        "tab": "rules",
        "phase": "a",
        "verdict": "disqualify",
        "what": "up"
        if "/drafts/" in rule.rule
        else "close"
        if "/questions/" in rule.rule
        else "pause",
        "notification_id": world.ids["notification of mei"],
        "announcement_id": world.ids[f"announcement of {slug}"],
        "question_id": world.ids[f"question of {slug}"],
        "name": "train.csv",
        "draft_id": world.ids["draft"],
        "file_id": world.ids["file of the draft"],
        "page": "overview",
        "trial_id": world.ids["trial"],
        "policy": "terms",
        "spoken": "zh",
        "topic": "boards",
        "export_id": world.ids["export of mei"],
        "filename": STATIC.get(rule.endpoint, ""),
    }


def _code(world: World, rule: Rule, slug: str) -> str:
    if "/certificates/" in rule.rule:
        return world.tokens[f"certificate of {slug}"]
    return world.cast.teams["pandas" if slug == "digits" else "moon"].code
