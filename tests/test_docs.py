"""What there is, is documented; what the documents name, is there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import click
import pytest
from flask import Flask
from pydantic import BaseModel

from server.cli.demo.accounts import PASSWORD
from server.cli.demo.cast import ADMINISTRATOR, JUDGE, ORGANISER, UNIVERSITIES
from server.cli.main import cli
from server.folders import definition
from server.shared.settings import Settings
from server.shared.spreadsheets import ENDING
from server.standings.rules import Rule

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
# Files that a page asks for by itself; nobody types their addresses.
ASSETS = {"static", "bootstrap"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SECTIONS = {
    "Definition": "### At the top",
    "Submission": "### `[submission]`",
    "Scoring": "### `[scoring]`",
    "Teams": "### `[teams]`",
    "Registration": "### `[registration]`",
    "PhaseDefinition": "### `[[phases]]`",
    "SplitDefinition": "### The split",
    "Privacy": "### `[privacy]`",
    "FileDefinition": "### `[[files]]`",
    "BaselineDefinition": "### `[[baselines]]`",
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def all_text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)


def commands(group: click.Group = cli, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that does something, with the groups before it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


def test_every_command_is_documented() -> None:
    text = all_text()
    missing = [
        words for words in commands() if not re.search(rf"varsity {' '.join(words)}\b", text)
    ]
    assert not missing


def test_every_setting_is_documented_for_operators() -> None:
    text = text_of("docs/operators.md")
    assert not [n for n in Settings.model_fields if f"`VARSITY_{n.upper()}`" not in text]


def models_of_a_folder() -> list[type[BaseModel]]:
    return [
        value
        for value in vars(definition).values()
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__ == definition.__name__
        and not value.__name__.startswith("_")
    ]


def section(heading: str) -> str:
    """Return what stands under a heading of docs/organisers.md."""
    rest = text_of("docs/organisers.md").partition(f"\n{heading}\n")[2]
    return re.split(r"^#", rest, maxsplit=1, flags=re.MULTILINE)[0]


def keys_in(table: str) -> set[str]:
    """Return the keys of a table's first column."""
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("model", models_of_a_folder(), ids=lambda model: model.__name__)
def test_every_key_of_a_challenge_folder_is_documented_and_no_other(model: type[BaseModel]) -> None:
    assert keys_in(section(SECTIONS[model.__name__])) == set(model.model_fields)


def defaults() -> Iterator[tuple[str, str, str]]:
    """Every default that is a text or a number: the section's heading, the key and the default."""
    for model in models_of_a_folder():
        for name, info in model.model_fields.items():
            if isinstance(info.default, str | int | bool) and info.default != "":
                yield SECTIONS[model.__name__], name, _as_toml(info.default)


def _as_toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:,}"


@pytest.mark.parametrize(("heading", "key", "default"), list(defaults()))
def test_the_documented_default_is_the_real_one(heading: str, key: str, default: str) -> None:
    rows = [line for line in section(heading).splitlines() if line.startswith(f"| `{key}`")]
    assert len(rows) == 1
    assert rows[0].split("|")[2].strip().strip("`") == default


def choices() -> Iterator[tuple[str, str]]:
    """Every word that a key of the definition may have as its value."""
    for model in models_of_a_folder():
        for name, info in model.model_fields.items():
            for value in get_args(info.annotation):
                if isinstance(value, str):
                    yield name, value


def test_every_choice_of_a_key_is_documented() -> None:
    found = list(choices())
    assert ("visibility", "unlisted") in found
    text = text_of("docs/organisers.md")
    assert not [(k, v) for k, v in found if f"`{v}`" not in text and f'`"{v}"`' not in text]


def families(app: Flask) -> set[str]:
    """The beginnings of all addresses: `/admin`, `/api/v1/teams`."""
    found = set()
    for rule in app.url_map.iter_rules():
        parts = rule.rule.strip("/").split("/")
        if parts[0] == "api" and parts[1:2] == ["v1"]:
            found.add(f"/api/v1/{parts[2]}")
        elif parts[0] not in ASSETS:
            found.add(f"/{parts[0].replace(ENDING, 'csv')}")
    return found


def test_every_family_of_addresses_is_documented(app: Flask) -> None:
    text = text_of("docs/api.md")
    found = families(app)
    assert {"/admin", "/api/v1/teams", "/universities"} <= found
    missing = {f for f in found if not re.search(rf"`{f.removeprefix('/api/v1')}[`/]", text)}
    assert not missing - {"/api"}


def test_every_rule_of_the_standings_is_documented() -> None:
    text = text_of("docs/universities.md")
    assert not [rule for rule in Rule if f"| `{rule}` |" not in text]


def anchor(heading: str) -> str:
    """Return the name that a heading is linked by."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.strip().replace(" ", "-")


class Reference(NamedTuple):
    """A link from one document to another, or into one."""

    source: Path
    target: Path
    fragment: str


def references() -> Iterator[Reference]:
    for source in DOCUMENTS:
        for address in LINK.findall(CODE.sub("", source.read_text(encoding="utf-8"))):
            if "://" in address or address.startswith("mailto:"):
                continue
            path, _, fragment = address.partition("#")
            yield Reference(source, (source.parent / path).resolve() if path else source, fragment)


def test_every_link_between_documents_leads_somewhere() -> None:
    found = list(references())
    assert len(found) > 20
    assert not [f"{r.source.name} -> {r.target}" for r in found if not r.target.exists()]


def test_every_link_into_a_document_finds_its_heading() -> None:
    broken = []
    for source, target, fragment in references():
        if fragment and target.suffix == ".md" and target.exists():
            headings = HEADING.findall(CODE.sub("", target.read_text(encoding="utf-8")))
            if fragment not in {anchor(heading) for heading in headings}:
                broken.append(f"{source.name} -> {target.name}#{fragment}")
    assert not broken


class Line(NamedTuple):
    """A line of a shell example, in words."""

    document: str
    words: list[str]


def shell_lines() -> Iterator[Line]:
    for path in DOCUMENTS:
        for block in SHELL.findall(path.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                try:
                    words = shlex.split(line, comments=True)
                except ValueError:  # a text over several lines
                    continue
                if words:
                    yield Line(path.name, words)


def resolve(words: list[str]) -> click.Command | None:
    """Return the command that the words after `varsity` name."""
    command: click.Command | None = cli
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command


def options_of(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def test_every_varsity_command_in_an_example_exists_with_its_options() -> None:
    lines = [line for line in shell_lines() if line.words[0].split("/")[-1] == "varsity"]
    assert len(lines) > 15
    wrong = []
    for document, words in lines:
        command = resolve(words[1:])
        used = {word.split("=")[0] for word in words[1:] if word.startswith("-")}
        if command is None or used - options_of(command) - {"--help", "--version"}:
            wrong.append(f"{document}: {shlex.join(words)}")
    assert not wrong


def test_every_make_command_in_an_example_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {line.words[1] for line in shell_lines() if line.words[0] == "make"}
    named |= set(re.findall(r"`make ([a-z-]+)`", all_text()))
    assert {"demo", "test", "check"} <= named
    assert named <= targets


def test_every_make_target_for_people_is_listed_for_contributors_or_users() -> None:
    described = set(re.findall(r"^([a-z-]+):.*## ", text_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", all_text()))
    assert described - named <= {"clean"}


def test_the_readme_names_the_accounts_of_the_demo() -> None:
    manager, student = UNIVERSITIES[0].manager, UNIVERSITIES[0].students[0]
    people = [ADMINISTRATOR.email, ORGANISER.email, JUDGE.email, manager.email, student.email]
    for text in (text_of("README.md"), text_of("docs/tour.md")):
        assert not [word for word in (*people, PASSWORD) if f"`{word}`" not in text]


def test_every_address_of_the_tour_is_a_page(app: Flask) -> None:
    """Where the map knows an address it names its page, else it raises NotFound."""
    addresses = re.findall(r"`(/[^`]*)`", text_of("docs/tour.md"))
    pages = app.url_map.bind("localhost")

    assert len(addresses) > 20
    for address in addresses:
        pages.match(address.partition("?")[0])


def test_every_bundled_challenge_can_be_deployed_from_what_the_readme_says() -> None:
    folders = [p.parent.name for p in (ROOT / "challenges").glob("*/challenge.toml")]
    words = {6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}
    assert f"`challenges/` has {words[len(folders)]}" in text_of("README.md")
