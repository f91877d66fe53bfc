"""A long text that is refused is refused at once: a process answers nobody while it reads one."""

import time

import pytest

from tests.security.world import World

# Marks whose order is not the one that they are kept in: to sort them takes time by their square.
MARKS = "\u0327\u0301" * 35_000
NEW = {"email": "new@tum.example", "name": "New", "password": "seven green kettles"}
PAGES = [
    ("visitor", "/sign-up", NEW | {"name": f"a{MARKS}"}),
    ("visitor", "/sign-up", NEW | {"password": f"a{MARKS}"}),
    ("visitor", "/sign-up", NEW | {"email": f"a@{MARKS}.example"}),
    ("visitor", "/sign-in", {"email": "wei@tsinghua.example", "password": f"a{MARKS}"}),
    ("member", "/settings/name", {"name": f"a{MARKS}"}),
    ("member", "/settings/tokens", {"token_name": f"a{MARKS}"}),
    ("member", "/settings/university", {"university_id": "1", "note": f"a{MARKS}"}),
    ("member", "/settings/profile", {"bio": f"a{MARKS}", "seen_by": "everybody"}),
    ("member", "/teams/{team}/rename", {"name": f"a{MARKS}"}),
    ("member", "/teams/{team}/invite", {"email": f"a{MARKS}@tum.example"}),
]


@pytest.mark.parametrize(("role", "path", "typed"), PAGES)
def test_a_page_refuses_marks_without_end_at_once(world: World, role, path, typed):
    browser, path = world.browser(role), path.format(team=world.cast.pandas.id)
    before = time.process_time()
    assert browser.post(path, data=typed).status_code == 422
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "challenges/digits/teams"), ("PATCH", "teams/{team}"), ("POST", "tokens")],
)
def test_the_api_refuses_marks_without_end_at_once(world: World, method, path):
    role = "member" if method == "PATCH" else "manager"
    path = f"/api/v1/{path.format(team=world.cast.pandas.id)}"
    before = time.process_time()
    answer = world.app.test_client().open(
        path, method=method, json={"name": f"a{MARKS}"}, headers=world.bearer(role)
    )
    assert answer.status_code in (403, 422)
    assert time.process_time() - before < 2
