"""Headers, cookies, redirects, rate limits, and what Markdown may not become."""

import io
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from server.app import create_app
from server.challenges.models import ChallengePage
from server.shared.database import Database
from tests.cast import NOON, PASSWORD, FrozenClock
from tests.security.crawling import Crawls, get, linked, parsed
from tests.security.world import World

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
FRAMED = "/standings/embed"
# Ways to leave the site that a check of the first characters alone lets through.
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "///evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://localhost@evil.example/",
    "/%0d%0aLocation:%20https://evil.example",
    "\x00//evil.example",
    " //evil.example",
    ".evil.example",
]
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:alert(1))",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](x)',
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=password></form>",
    "<style>body { display: none }</style>",
    "<p style='position:fixed'>x</p>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "```html\n<script>alert(1)</script>\n```",
    '<https://evil.example/" onmouseover="alert(1)>',
    "[x]: javascript:alert(1)\n\n[x]",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<details open ontoggle=alert(1)>x</details>",
]
NOT_PROSE = re.compile(r"<(script|iframe|object|embed|form|input|style|meta|base|link|svg|math)\b")


def policy_of(header: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in header.split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", ["visitor", "member", "organiser", "administrator"])
def test_every_answer_is_safe_to_show(crawled: Crawls, role: str):
    """Also for what people wrote: names, notes and pages of the world hold a script."""
    wrong = []
    for path, answer in crawled(role).answers.items():
        headers = answer.headers
        policy = policy_of(headers.get("Content-Security-Policy", ""))
        if path.startswith(FRAMED):
            # One page may stand in frames of other sites: it knows nobody and does nothing.
            policy = {**policy, "frame-ancestors": "'none'"}
            wrong += [(path, name) for name in ("Set-Cookie", "X-Frame-Options") if name in headers]
            headers = {**headers, "X-Frame-Options": "DENY"}
        if policy.items() < POLICY.items() or "unsafe" in str(policy):
            wrong.append((path, "policy", policy))
        for name, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY")):
            wrong += [(path, name)] if headers.get(name) != value else []
        if answer.kind == "text/html":
            page = parsed(answer.text)
            wrong += [(path, f"read wrongly: {a}") for a in page.links ^ linked(answer.text)]
            wrong += [(path, said) for said in page.forbidden]
            wrong += [(path, a) for a in page.assets if re.match(r"(?i)\s*([a-z]+:)?//", a)]
        if answer.status >= 500:
            wrong.append((path, answer.status))
    assert not wrong, "\n".join(map(str, wrong))


def test_signed_in_answers_are_kept_by_no_cache(world: World):
    for path in ("/settings", "/challenges/digits/submissions", "/api/v1/me"):
        assert "no-store" in get(world, "member", path).headers["Cache-Control"]


def cookie_of(app: Flask, base_url: str) -> str:
    answer = app.test_client().get("/sign-in", base_url=base_url)
    return answer.headers["Set-Cookie"]


def again(world: World, **settings: object) -> Flask:
    """Return the application over the same world with other settings."""
    changed = world.settings.model_copy(update=settings)
    return create_app(changed, clock=FrozenClock(NOON), database=Database(changed.database))


def test_the_cookie_is_for_this_site_alone(world: World):
    world.app.config["WTF_CSRF_ENABLED"] = True
    for app, url, secure in (
        (world.app, "http://localhost", False),
        (again(world, base_url="https://varsity.example"), "https://varsity.example", True),
    ):
        (cookie,) = SimpleCookie(cookie_of(app, url)).values()
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert bool(cookie["secure"]) is secure


def test_over_https_browsers_are_told_to_stay_there(world: World):
    app = again(world, base_url="https://varsity.example")
    answer = app.test_client().get("/", base_url="https://varsity.example")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in get(world, "visitor", "/").headers


def test_signing_in_leads_nowhere_else(world: World):
    form = {"email": world.cast.people["wei"].email, "password": PASSWORD}
    for target in ELSEWHERE:
        query = {"next": target}
        answer = world.app.test_client().post("/sign-in", query_string=query, data=form)
        assert answer.status_code == 303
        signed_in = world.browser("member").get("/sign-in", query_string=query)
        for location in (answer.location, signed_in.location):
            assert re.fullmatch(r"/(?![/\\]).*", location), (target, location)


def test_a_page_that_sends_back_sends_back_to_this_site(world: World):
    for referer in ("https://evil.example/", "http://localhost.evil.example/x", "//evil.example"):
        answer = world.app.test_client().get("/nothing", headers={"Referer": referer})
        assert "evil.example" not in answer.text
        moved = world.app.test_client().post("/settings/name", headers={"Referer": referer})
        assert "evil.example" not in moved.location


def test_a_forged_host_is_written_into_no_letter_and_no_page(world: World):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    client = world.app.test_client()
    client.post("/forgot", data={"email": world.cast.people["wei"].email}, headers=forged)
    with world.database.reading() as session:
        letters = session.connection().exec_driver_sql("SELECT body FROM outgoing_mail").all()
    assert letters
    assert not any("evil.example" in body for (body,) in letters)
    for path in (
        "/",
        "/sign-in",
        "/challenges/digits",
        "/api/docs",
        "/api/v1/challenges",
        "/settings",
    ):
        answer = client.get(path, headers=forged)
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)


def test_a_forwarded_address_counts_only_behind_a_proxy_that_was_announced(world: World):
    app = again(world, rate_limit_sign_in="2 per minute")
    app.config["WTF_CSRF_ENABLED"] = False
    statuses = [
        app.test_client()
        .post(
            "/sign-in",
            data={"email": f"{n}@x.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
        )
        .status_code
        for n in range(3)
    ]
    assert statuses == [422, 422, 429]


def tries(world: World, which: str):
    """Return the application with a narrow limit, and one try of what it limits."""
    app = again(world, **{f"rate_limit_{which}": "2 per minute"})
    app.config["WTF_CSRF_ENABLED"] = False
    bearer = world.bearer("member")

    def sign_in(number: int):
        form = {"email": "wei@tsinghua.example", "password": f"wrong {number}"}
        return app.test_client().post("/sign-in", data=form)

    def sign_up(number: int):
        form = {"name": "A B", "email": f"{number}@x.example", "password": f"{PASSWORD} {number}"}
        form["accepts"] = "y"
        return app.test_client().post("/sign-up", data=form)

    def tokens(number: int):
        return app.test_client().post("/api/v1/tokens", json={"name": f"n{number}"}, headers=bearer)

    def uploads(number: int):
        data = {"file": (io.BytesIO(b"id,digit\n%d,0\n" % number), "x.csv")}
        path = "/api/v1/challenges/digits/submissions"
        return app.test_client().post(path, data=data, headers=bearer)

    def codes(number: int):
        body = {"code": f"guess-{number}"}
        return app.test_client().post("/api/v1/teams/join", json=body, headers=bearer)

    return {
        "sign_in": sign_in,
        "sign_up": sign_up,
        "tokens": tokens,
        "uploads": uploads,
        "codes": codes,
    }[which]


@pytest.mark.parametrize("which", ["sign_in", "sign_up", "tokens", "uploads", "codes"])
def test_who_tries_too_often_is_told_when_to_come_back(world: World, which: str):
    attempt = tries(world, which)
    answers = [attempt(number) for number in range(3)]
    assert [a.status_code == 429 for a in answers] == [False, False, True]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61


def test_guesses_at_one_account_are_counted_from_wherever_they_come(world: World):
    app = again(world, rate_limit_sign_in="2 per minute", trusted_proxies=1)
    app.config["WTF_CSRF_ENABLED"] = False
    form = {"email": "wei@tsinghua.example", "password": "wrong"}
    statuses = [
        app.test_client()
        .post("/sign-in", data=form, headers={"X-Forwarded-For": f"10.0.0.{n}"})
        .status_code
        for n in range(3)
    ]
    assert statuses == [422, 422, 429]


def test_a_form_of_another_site_is_refused(world: World):
    world.app.config["WTF_CSRF_ENABLED"] = True
    browser, other = world.browser("member"), world.browser("organiser")
    stolen = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/settings").text)
    assert stolen
    for token in ("", "forged", stolen[1]):
        answer = browser.post("/settings/name", data={"csrf_token": token, "name": "Mallory"})
        assert answer.status_code == 400
    assert "Mallory" not in browser.get("/settings").text


def test_markdown_becomes_nothing_that_runs(world: World):
    unsafe = re.compile(r"(?i)\s*(javascript|vbscript|data):")
    wrong = []
    for attack in ATTACKS:
        prose = shown(world, attack)
        found = parsed(prose)
        wrong += [(attack, said) for said in (*found.forbidden, *NOT_PROSE.findall(prose))]
        wrong += [(attack, a) for a in found.links | found.assets if unsafe.match(a)]
    assert not wrong, "\n".join(map(str, wrong))


def shown(world: World, markdown: str) -> str:
    """Return what a visitor is shown of a text that stands between two others."""
    with world.database.writing() as session:
        page = session.exec(select(ChallengePage).where(ChallengePage.slug == "rules")).first()
        assert page is not None
        page.markdown = f"Text before\n\n{markdown}\n\nText after"
        session.add(page)
        session.commit()
    html = get(world, "visitor", "/challenges/digits/rules").text
    return html[html.index("Text before") : html.index("Text after")]


def test_no_file_of_ours_names_an_asset_of_another_host():
    folder = Path(__file__).parents[2] / "server"
    files = [*folder.glob("static/*.css"), *folder.glob("static/*.js"), *folder.rglob("*.html")]
    loads = re.compile(
        r"""(?:url\(|@import|<(?:script|img|iframe)[^>]*src=|<link[^>]*href=)\s*["']?(?:https?:)?//"""
    )
    assert len(files) > 20
    assert [path.name for path in files if loads.search(path.read_text())] == []
