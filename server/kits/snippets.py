"""Code to copy, with a challenge's own name and columns in it."""

from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _

from server.kits.kit import Contents

TOKEN = "YOUR-TOKEN"  # noqa: S105 - a place to be filled in


class Snippets(NamedTuple):
    """The same thing in four ways: send a file, or write it."""

    terminal: str
    pandas: str
    python: str
    curl: str


def snippets_of(contents: Contents, *, base_url: str) -> Snippets:
    """Return what sends a file to a challenge, and what writes one in its form."""
    challenge = contents.challenge
    send = base_url + url_for("submissions_api.submit", slug=challenge.slug)
    return Snippets(
        terminal=_terminal(challenge.slug, base_url),
        pandas=_pandas(contents),
        python=_python(send, base_url),
        curl=_curl(send),
    )


def _terminal(slug: str, base_url: str) -> str:
    return (
        f"varsity login {base_url}\n"
        f"varsity download {slug}\n"
        f'varsity submit {slug} submission.csv -m "random forest" --wait\n'
        f"varsity submissions {slug}"
    )


def _pandas(contents: Contents) -> str:
    challenge, ids = contents.challenge, contents.ids
    sample = next(iter(contents.parts.samples), "sample_submission.csv")
    types = ", ".join(f"{name!r}: str" for name in ids)
    columns = [name for name in challenge.header if name not in ids]
    note = _("one for each row, in the order of the sample")
    given = "predictions" if len(columns) == 1 else "predictions[:, {}]"
    lines = [
        f"table[{name!r}] = {given.format(place)}  # {note}"
        for place, name in enumerate(columns[:10])
    ]
    return "\n".join(
        (
            "import pandas as pd",
            "",
            f"table = pd.read_csv({sample!r}, dtype={{{types}}})",
            *lines,
            'table.to_csv("submission.csv", index=False)',
        )
    )


def _python(send: str, base_url: str) -> str:
    return f"""\
import time
import requests

headers = {{"Authorization": "Bearer {TOKEN}"}}
with open("submission.csv", "rb") as file:
    answer = requests.post(
        {send!r},
        headers=headers, files={{"file": file}}, data={{"comment": "random forest"}},
    )
answer.raise_for_status()
address = f"{base_url}/api/v1/submissions/{{answer.json()['id']}}"
while (found := requests.get(address, headers=headers).json())["state"] in ("queued", "scoring"):
    time.sleep(2)
print(found["state"], found["score"] or found["message"])"""


def _curl(send: str) -> str:
    return (
        f'curl -H "Authorization: Bearer {TOKEN}" \\\n'
        '  -F file=@submission.csv -F comment="random forest" \\\n'
        f"  {send}"
    )
