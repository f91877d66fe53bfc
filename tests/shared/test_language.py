"""Numbers and messages in the reader's language, in a request and outside of one."""

import re

import pytest
import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext, lazy_gettext
from sqlmodel import select

from server.accounts.models import Account
from server.accounts.queries import language_of_account
from server.shared.catalogues import catalogue_of
from server.shared.language import _decimal, _formatted, language, speaking, with_minus
from server.shared.mail import OutgoingMail
from tests.cast import PASSWORD, sign_in


def shown(template: str, **values) -> str:
    """Fill in a template without what every page of ours has around it."""
    return current_app.jinja_env.from_string(template).render(**values)


@pytest.fixture(autouse=True)
def _empty_cache():
    _formatted.cache_clear()


def test_a_number_is_written_the_readers_way(app):
    with app.test_request_context("/"):
        assert shown("{{ 1234567|numberformat }}") == "1,234,567"
        assert shown("{{ 0.98765|decimalformat('0.000') }}") == "0.988"


@pytest.mark.parametrize("code", ["en", "zh"])
def test_people_read_a_true_minus(app, code):
    with app.test_request_context("/"), speaking(code):
        assert shown("{{ -1234.5|decimalformat('#,##0.00') }}") == "−1,234.50"
        assert shown("{{ -1234|numberformat }} {{ -0.5|decimalformat('0.#') }}") == "−1,234 −0.5"
        assert shown("{{ -0.25|numberformat }}") == "−0.25"
        assert shown("{{ '%.3g'|format(-0.0000123)|minus }}") == "−1.23e−05"


@pytest.mark.parametrize("text", ["2026-11-22", "a-b", "-", "", "–"])
def test_what_is_no_negative_number_keeps_its_hyphens(text):
    assert with_minus(text) == text


def test_what_is_nought_when_it_is_written_has_no_sign(app):
    with app.test_request_context("/"):
        assert [_decimal(-0.00004, form) for form in ("0.0000", "#,##0.00")] == ["0.0000", "0.00"]
        assert _decimal(-0.00006, "#,##0.0000") == "−0.0001"


def test_a_number_is_kept_apart_by_its_form(app):
    with app.test_request_context("/"):
        written = [_decimal(2.5, form) for form in ("0.0", "0.000", None, "0.0")]
    assert written == ["2.5", "2.500", "2.5", "2.5"]
    assert _formatted.cache_info().hits == 1


def test_a_number_is_kept_apart_by_the_language():
    assert _formatted(1234.5, None, "en") == "1,234.5"
    assert _formatted(1234.5, None, "de") == "1.234,5"
    assert _formatted(1234.5, None, "en") == "1,234.5"


@pytest.mark.parametrize("first", [-0.0, 0.0])
def test_nought_has_no_sign_whichever_was_asked_for_first(app, first):
    with app.test_request_context("/"):
        assert [_decimal(n, "0.00") for n in (first, 0.0, -0.0, 0)] == ["0.00"] * 4


def test_a_whole_number_and_the_same_as_a_fraction_are_written_alike(app):
    with app.test_request_context("/"):
        assert [_decimal(n) for n in (3, 3.0)] == ["3", "3"]
        assert [_decimal(n, "0.0") for n in (3.0, 3)] == ["3.0", "3.0"]


def test_outside_a_request_the_first_language_is_spoken(app):
    with app.app_context():
        assert language() == "en"
        assert _decimal(1234.5) == "1,234.5"
        assert shown("{{ _('Submit') }} {{ 1000|numberformat }}") == "Submit 1,000"


def test_a_language_that_is_not_spoken_here_is_answered_in_the_first(app):
    for wanted in ("de-DE,de;q=0.9", "", "*", "x" * 500):
        with app.test_request_context("/", headers={"Accept-Language": wanted}):
            assert language() == "en"


def test_a_catalogue_is_read_once_and_says_one_or_many(app):
    assert catalogue_of("en") is catalogue_of("en")
    with app.test_request_context("/"):
        assert shown("{{ _('Submit') }}") == "Submit"
        one_or_many = "{{ ngettext('%(num)s team', '%(num)s teams', n) }}"
        assert shown(one_or_many, n=1) == "1 team"
        assert shown(one_or_many, n=2) == "2 teams"


def test_what_a_reader_put_into_a_message_is_escaped(app):
    with app.test_request_context("/"):
        text = shown("{{ _('by %(name)s', name=name) }}", name="<b>王伟</b>")
    assert text == "by &lt;b&gt;王伟&lt;/b&gt;"


ZH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Sign in"
msgstr "登录"

msgid "Your password was changed"
msgstr "您的密码已更改"

msgid "Dear %(name)s,"
msgstr "%(name)s，您好："

#, fuzzy
msgid "Sign up"
msgstr "错"

msgid "%(num)s team"
msgid_plural "%(num)s teams"
msgstr[0] "%(num)s 支队伍"
"""


@pytest.fixture
def chinese(tmp_path, monkeypatch):
    """A catalogue as a translator writes it, and nothing compiled."""
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(ZH.lstrip(), encoding="utf-8")
    monkeypatch.setattr("server.shared.catalogues.FOLDER", tmp_path)
    catalogue_of.cache_clear()
    yield
    catalogue_of.cache_clear()


def test_a_catalogue_needs_no_compiling_and_says_nothing_that_is_fuzzy(app, chinese):
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        assert shown("{{ _('Sign in') }} {{ _('Sign up') }}") == "登录 Sign up"
        assert shown("{{ ngettext('%(num)s team', '%(num)s teams', 2) }}") == "2 支队伍"
        assert gettext("Sign in") == str(lazy_gettext("Sign in")) == "登录"


def test_for_a_while_another_language_is_spoken(app, chinese):
    with app.test_request_context("/"):
        assert gettext("Sign in") == "Sign in"
        with speaking("zh"):
            assert (language(), gettext("Sign in")) == ("zh", "登录")
            assert shown("{{ _('Sign in') }}") == "登录"
            with speaking("tlh"):
                assert language() == "en"
        assert (language(), gettext("Sign in")) == ("en", "Sign in")
    with speaking("zh"):
        assert language() == "zh"
    assert language() == "en"


def language_of(client, **headers) -> str:
    return re.search(r'<html lang="([^"]+)"', client.get("/", headers=headers).text)[1]


def test_the_person_stands_above_the_cookie_and_that_above_the_browser(app, cast, database):
    client = app.test_client()
    asks = {"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.5"}
    assert language_of(client, **asks) == "zh-Hans"
    assert language_of(client) == "en"
    moved = client.get("/language/en?next=/challenges")
    assert (moved.status_code, moved.location) == (303, "/challenges")
    assert "HttpOnly" in moved.headers["Set-Cookie"]
    assert language_of(client, **asks) == "en"
    sign_in(client, cast.wei)
    chosen = client.post(
        "/settings/language", data={"language": "zh", "time_zone": "Asia/Shanghai"}
    )
    assert chosen.status_code == 303
    assert language_of(client) == "zh-Hans"
    assert 'data-time-zone="Asia/Shanghai"' in client.get("/").text


@pytest.mark.parametrize("path", ["/language/tlh", "/language/en?next=//evil.example"])
def test_a_language_that_is_none_and_another_site_lead_nowhere(client, cast, path):
    answer = client.get(path)
    assert answer.status_code == 404 or answer.location == "/"


def test_only_a_language_and_a_zone_that_there_are_can_be_chosen(client, cast):
    sign_in(client, cast.wei)
    for data in ({"language": "tlh", "time_zone": ""}, {"language": "", "time_zone": "Mars/Base"}):
        assert client.post("/settings/language", data=data).status_code == 422


def test_what_is_kept_of_a_page_is_kept_by_language(client, cast, chinese):
    for path in ("/challenges/digits/leaderboard", "/universities", "/universities/munich"):
        texts = {
            code: client.get(path, headers={"Accept-Language": code}) for code in ("en", "zh", "en")
        }
        assert '<html lang="en"' in texts["en"].text
        assert '<html lang="zh-Hans"' in texts["zh"].text
        assert texts["en"].headers["ETag"] != texts["zh"].headers["ETag"]
        assert {"Cookie", "Accept-Language"} <= set(texts["zh"].vary)
        mixed = {"Accept-Language": "zh", "If-None-Match": texts["en"].headers["ETag"]}
        assert client.get(path, headers=mixed).status_code == 200


def test_a_letter_is_in_its_readers_language_whoever_brought_it_about(app, cast, database, chinese):
    with database.writing() as session:
        wei = session.get_one(Account, cast.wei.id)
        wei.language = "zh"
        session.add(wei)
        session.commit()
    client = sign_in(app.test_client(), cast.wei)
    new = {"old_password": PASSWORD, "new_password": "seven green kettles"}
    client.post("/settings/password", data=new, headers={"Accept-Language": "en"})
    with database.reading() as session:
        letter = session.exec(select(OutgoingMail)).one()
    assert letter.subject == "您的密码已更改"
    assert "王伟，您好：" in letter.body


def test_who_chose_none_is_written_to_as_the_browser_spoke_last(app, cast, database):
    data = {"email": cast.wei.email, "password": PASSWORD}
    app.test_client().post("/sign-in", data=data, headers={"Accept-Language": "zh-CN"})
    with database.reading() as session:
        wei = session.get_one(Account, cast.wei.id)
        spoken = dict(session.execute(sa.select(Account.id, language_of_account())).all())
        assert (wei.language, wei.language_seen) == ("", "zh")
    assert (spoken[cast.wei.id], spoken[cast.lena.id]) == ("zh", "en")
