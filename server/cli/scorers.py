"""`varsity scorers`: what can be measured, and how."""

import math
from collections.abc import Iterator
from typing import Any

import click

from scorers.errors import BrokenPlugin, MissingExtra, UnknownScorer
from scorers.plugging import entries, plugged
from scorers.reference import interval_of, section_of
from scorers.registry import FAMILIES, SCORERS, Family, get_unbound
from scorers.scorer import Scorer
from server.cli.output import Refusal, json_option, note, print_json, print_table

PLUGGED = Family("Plug-ins", "plugging", ())


@click.command()
@click.argument("name", required=False)
@json_option
def scorers(name: str | None, as_json: bool) -> None:
    """List the scorers, or say everything of the one called NAME."""
    if name is None:
        _list(as_json)
        return
    try:
        scorer = get_unbound(name)
    except UnknownScorer as error:
        raise Refusal(str(error)) from error
    if as_json:
        print_json(_described(scorer))
    else:
        click.echo(section_of(scorer))


def _list(as_json: bool) -> None:
    known = list(_known())
    if as_json:
        print_json([_described(scorer) for _, scorer in known])
        return
    rows = [(family.title, scorer.name, scorer.summary) for family, scorer in known]
    print_table(["FAMILY", "NAME", "MEANING"], rows)


def _known() -> Iterator[tuple[Family, Scorer]]:
    """Give every scorer with its family; say which families and plug-ins do not work, and why."""
    for family in FAMILIES:
        try:
            found = [SCORERS[name] for name in family.names]
        except MissingExtra as error:
            note(str(error))
            continue
        yield from ((family, scorer) for scorer in found)
    for name in entries():
        try:
            yield PLUGGED, plugged(name)
        except BrokenPlugin as error:
            note(str(error))


def _described(scorer: Scorer) -> dict[str, Any]:
    return {
        "name": scorer.name,
        "title": scorer.title,
        "summary": scorer.summary,
        "formula": scorer.formula,
        "higher_is_better": scorer.higher_is_better,
        "range": [str(scorer.lower), str(scorer.upper)],
        "perfect": "depends on the data" if math.isnan(scorer.perfect) else str(scorer.perfect),
        "input": list(scorer.kinds),
        "interval": interval_of(scorer),
        "parameters": [
            {"name": p.name, "default": repr(p.default), "values": p.describe(), "meaning": p.doc}
            for p in scorer.all_parameters
        ],
        "source": scorer.source,
    }
