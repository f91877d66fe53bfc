"""Every kind of event that the code records has words in the log."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import server
from server.administration.event_words import WORDS, event_words
from server.drafts.rules import JobKind
from server.shared.language import speaking

ROOT = Path(server.__file__).parent
RECORD = "record"
# Kinds with a part of their own: what may stand there.
PARTS = {
    "affiliation.{state.value}": {"approved", "refused", "withdrawn"},
    "certificate.{what}": {"revoked", "superseded", "allowed_again", "shown", "hidden", "issued"},
    "draft.{kind.value}_asked": {kind.value for kind in JobKind} - {"look"},
    "registration.{state.value}": {"approved", "refused"},
    "submission.{state.value}": {"scored", "rejected", "failed"},
}


class Place(NamedTuple):
    """A function that records: its parameter that is the kind, or begins or ends one."""

    position: int
    name: str
    form: str = "{}"


class Module:
    """A module's tree, its constants, and the functions that hand a kind on."""

    def __init__(self, path: Path) -> None:
        self.name = str(path.relative_to(ROOT))
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.constants = {}
        for node in self.tree.body:
            names, value = _assigned(node)
            if isinstance(value, ast.Constant):
                self.constants |= dict.fromkeys(names, value.value)
            elif isinstance(value, ast.Tuple) and len(names) == len(value.elts):
                pairs = zip(names, value.elts, strict=True)
                self.constants |= {n: v.value for n, v in pairs if isinstance(v, ast.Constant)}
        self.recorders: dict[str, Place] = {}


def _assigned(node: ast.stmt) -> tuple[list[str], ast.expr | None]:
    if not isinstance(node, ast.Assign):
        return [], None
    target = node.targets[0]
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return [name.id for name in names if isinstance(name, ast.Name)], node.value


def modules() -> Iterator[Module]:
    for path in sorted(ROOT.rglob("*.py")):
        if not {"migrations", "translations"} & set(path.parts):
            module = Module(path)
            if module.name != "shared/events.py":
                yield module


class Call(NamedTuple):
    """A call in a function, which is the innermost one around it."""

    module: Module
    function: ast.FunctionDef
    name: str
    node: ast.Call


def calls() -> Iterator[Call]:
    for module in modules():
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef) and _first(function) != "self":
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and (name := _name(node.func)):
                        yield Call(module, function, name, node)


def _first(function: ast.FunctionDef) -> str:
    return function.args.args[0].arg if function.args.args else ""


def _name(called: ast.expr) -> str:
    """Return what is called, "" for a method: rooms call each other's functions by module."""
    if isinstance(called, ast.Attribute):
        owner = getattr(called.value, "id", "self")
        return called.attr if owner not in ("self", "run") else ""
    return getattr(called, "id", "")


def kinds_recorded() -> dict[str, str]:
    """Return each kind, parts of its own in braces, and where it is recorded.

    A function that records what it is given is followed to where it is called.
    """
    every = list(calls())
    everywhere = {RECORD: Place(1, "kind")}
    found: dict[str, str] = {}
    known = -1
    while known != len(found) + len(everywhere) + sum(len(c.module.recorders) for c in every):
        known = len(found) + len(everywhere) + sum(len(c.module.recorders) for c in every)
        for call in every:
            place = call.module.recorders.get(call.name) or everywhere.get(call.name)
            if place is not None:
                _follow(call, place, everywhere, found)
    return found


def _follow(call: Call, place: Place, everywhere: dict[str, Place], found: dict[str, str]) -> None:
    parameters = [a.arg for a in (*call.function.args.args, *call.function.args.kwonlyargs)]
    recorders = call.module.recorders if call.function.name.startswith("_") else everywhere
    for form in _forms(call, _argument(call.node, place)):
        told = place.form.replace("{}", form)
        part = re.search(r"{(\w+)}", told)
        if part is None or part[1] not in parameters or told in PARTS:
            found.setdefault(told, f"{call.module.name}:{call.node.lineno}")
        else:
            open_form = told.replace(part[0], "{}")
            at = Place(parameters.index(part[1]), part[1], open_form)
            recorders.setdefault(call.function.name, at)


def _argument(call: ast.Call, place: Place) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if place.name in named:
        return named[place.name]
    return call.args[place.position] if len(call.args) > place.position else None


def _forms(call: Call, node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _forms(call, one)
            yield from _forms(call, other)
        case ast.Name(id=name) if name in call.module.constants:
            yield str(call.module.constants[name])
        case ast.Name(id=name) if local := _assigned_in(call.function, name):
            for value in local:
                yield from _forms(call, value)
        case ast.JoinedStr(values=values):
            yield "".join(
                str(v.value) if isinstance(v, ast.Constant) else f"{{{ast.unparse(v.value)}}}"
                for v in values
            )
        case ast.expr():
            yield f"{{{ast.unparse(node)}}}"


def _assigned_in(function: ast.FunctionDef, name: str) -> list[ast.expr]:
    pairs = [_assigned(node) for node in ast.walk(function) if isinstance(node, ast.Assign)]
    return [value for names, value in pairs if name in names and value is not None]


def test_every_kind_that_is_recorded_has_words_and_no_other() -> None:
    found = kinds_recorded()
    assert len(found) > 100
    kinds = {kind for kind in found if "{" not in kind}
    for form in found.keys() - kinds:
        assert form in PARTS, f"{found[form]}: which kinds may {form} be?"
        kinds |= {re.sub(r"{.*}", part, form) for part in PARTS[form]}
    assert not kinds - WORDS.keys(), "give these words in server/administration/event_words.py"
    assert not WORDS.keys() - kinds, "nothing records these any more"


def test_a_kind_of_an_older_server_has_no_words(app) -> None:
    with app.test_request_context("/"), speaking("en"):
        assert event_words("letters.asked") == WORDS["letters.asked"]
        assert event_words("something.else") == ""
