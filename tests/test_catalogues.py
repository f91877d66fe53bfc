"""Whatever people read goes through the catalogues, and the catalogue has what they read."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[1]
SERVER = ROOT / "server"
TEMPLATES = SERVER / "templates"
CATALOGUE = SERVER / "translations" / "messages.pot"
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])

# Read aloud, shown on hover, or shown in an empty field: as visible as text.
READ_ATTRIBUTES = {"title", "aria-label", "aria-description", "placeholder", "alt", "label"}
# What they hold is written for programs, in no human language.
PROGRAM_TEXT = {"script", "style", "code", "pre", "kbd", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SAME_EVERYWHERE = {
    "CSV": "the name of a format",
    "JSON": "the name of a format",
    "pandas": "the name of a library",
    "Python": "the name of a language",
    "curl": "the name of a program",
    "accuracy, cohen_kappa": "names of metrics, as they are typed",
    "patient": "the name of a column",
    "CTFtime": "the name of a format",
    "SHA-256": "the name of an algorithm",
    "sha256": "the name of an algorithm",
    "OpenAPI": "the name of a format",
    "w": "a letter of a formula",
    "UTC": "the name of a time zone",
    "Varsity": "the name of the product",
    "r": "a symbol of a formula: the rank",
    "N": "a symbol of a formula: the number of teams",
    "1 - (r - 1) / N": "a formula",
}
# What a macro gives back to stand in a tag or an address, and what Markdown shows as code.
IN_A_TAG = re.compile(r"(?:aria-[a-z]+=\"[^\"]*\"\s*)+|(?:\s?-?(?:help|error))+")
ADDRESS = re.compile(r"(?:[\w.-]*[/?&=#][\w./?&=#-]*\s*)+")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
GETTEXT = {"_", "gettext", "ngettext", "lazy_gettext", "pgettext", "npgettext"}
LETTER = re.compile(r"[^\W\d_]")
PROSE = re.compile(r"[A-Z][a-z]+(?:[ ,.']|$)")
PLACE = re.compile(r"%\((\w+)\)")


class Text(NamedTuple):
    """A text that somebody can read, and its line."""

    line: int
    words: str


class VisibleText(HTMLParser):
    """Collects what a page shows or reads aloud, outside the template's expressions."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[Text] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        shown = READ_ATTRIBUTES | ({"value"} if _is_button(tag, dict(attrs)) else set())
        for name, value in attrs:
            if name in shown or name.startswith("data-text-"):
                self._note(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not PROGRAM_TEXT & set(self.open):
            self._note(data)

    def _note(self, text: str) -> None:
        words = " ".join(text.split()).strip(" .,:;/-\N{EN DASH}\N{MIDDLE DOT}")
        if IN_A_TAG.fullmatch(words) or ADDRESS.fullmatch(words):
            return
        if LETTER.search(words) and words not in SAME_EVERYWHERE:
            self.found.append(Text(self.getpos()[0], words))


def _is_button(tag: str, attributes: dict[str, str | None]) -> bool:
    return tag == "input" and attributes.get("type") in ("submit", "button", "reset")


def written_in(source: str) -> list[Text]:
    """Return the visible text that a template holds as it is, in no call of gettext."""
    reader = VisibleText()
    reader.feed(without_expressions(source))
    reader.close()
    return reader.found


def without_expressions(source: str) -> str:
    """Return a template's own text: expressions, blocks and comments leave their newlines."""
    kept = []
    for _, kind, value in ENVIRONMENT.lex(source):
        kept.append(value if kind == "data" else "\n" * value.count("\n"))
    return "".join(kept)


def prose_arguments(source: str) -> Iterator[Text]:
    """Find sentences in expressions that no gettext was called with: `notice("Hello there")`."""
    tree = ENVIRONMENT.parse(source)
    translated = (
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
    )
    # What is compared is a name in the program, and is shown to nobody.
    exempt = (*translated, *tree.find_all(nodes.Compare))
    wrapped = {id(constant) for node in exempt for constant in node.find_all(nodes.Const)}
    for constant in tree.find_all(nodes.Const):
        text = constant.value
        if not isinstance(text, str) or id(constant) in wrapped or text in SAME_EVERYWHERE:
            continue
        if PROSE.match(text):
            yield Text(constant.lineno, text)


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


def python_files() -> list[Path]:
    """The service's modules; the terminal's commands speak English."""
    return sorted(
        path
        for path in SERVER.rglob("*.py")
        if not {"cli", "migrations"} & set(path.relative_to(SERVER).parts)
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(SERVER))


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_every_visible_word_of_a_template_goes_through_gettext(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        source = re.sub(r"\b(?:sha256|UTC)\b", "", CODE.sub("", source))
    found = [*written_in(source), *prose_arguments(source)]
    assert not found, "\n".join(
        f"{path}:{text.line}: {text.words!r} is in no _()" for text in found
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ("<p>{{ _('Hello') }}, {{ name }}.</p>", []),
        ('<input placeholder="Your name">', ["Your name"]),
        ('<button title="{{ _("Close") }}">+</button>', []),
        ('<a aria-label="Next{% if last %} page{% endif %}"></a>', ["Next page"]),
        ('<input type="submit" value="Send"><input value="typed">', ["Send"]),
        ("<code>pip install</code> <b>now</b>", ["now"]),
        ("{# a note #}{% set a = 'word' %}&nbsp;&middot; 12 %", []),
        ("Dear {{ name }},\n\nyours", ["Dear , yours"]),
    ],
)
def test_the_scanner_sees_what_a_reader_sees(source: str, words: list[str]) -> None:
    assert [text.words for text in written_in(source)] == words


def test_the_scanner_sees_sentences_that_are_handed_to_a_macro() -> None:
    source = "{{ notice('Nothing here', _('Come back later'), icon='clock') }}"
    assert [text.words for text in prose_arguments(source)] == ["Nothing here"]


def keywords_of_make() -> list[str]:
    """Return what `make catalogues` takes for calls of gettext."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncatalogues:")[2]
    return re.findall(r"-k (\S+)", recipe.split("\n\n")[0])


def test_every_name_that_gettext_is_imported_by_is_extracted() -> None:
    known = {*DEFAULT_KEYWORDS, *(word.split(":")[0] for word in keywords_of_make())}
    unknown = {
        f"{name_of(path)}: {alias.asname or alias.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
        for alias in node.names
        if "gettext" in alias.name and (alias.asname or alias.name) not in known
    }
    assert not unknown


def messages_within_texts(source: str) -> list[str]:
    """Return the calls with a message that stand within an f-string, where none is extracted."""
    return [
        ast.unparse(call)
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in (*DEFAULT_KEYWORDS, *keywords_of_make())
        and isinstance(next(iter(call.args), None), ast.Constant)
    ]


def test_no_message_stands_where_it_would_not_be_extracted() -> None:
    assert messages_within_texts("f'{N_(\"before:\")} {place}'") == ["N_('before:')"]
    hidden = {
        name_of(path): found
        for path in python_files()
        if (found := messages_within_texts(path.read_text(encoding="utf-8")))
    }
    assert not hidden


def messages_in_sources() -> set[str]:
    """Extract as `make catalogues` does."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(keywords_of_make())}
    return {
        _singular(message)
        for room in ("server", "scorers")
        for _, _, message, _, _ in extract_from_dir(
            ROOT / room,
            [(p.removeprefix(f"{room}/"), m) for p, m in methods if p.startswith(room)],
            {p.removeprefix(f"{room}/"): o for p, o in options.items() if p.startswith(room)},
            keywords=keywords,
        )
    }


def _singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def test_the_catalogue_has_the_messages_of_the_sources_and_no_others() -> None:
    with CATALOGUE.open("rb") as file:
        kept = {_singular(message.id) for message in read_po(file) if message.id}
    sources = messages_in_sources()
    assert len(sources) > 300
    assert not sources - kept, "run `make catalogues`: new messages"
    assert not kept - sources, "run `make catalogues`: messages that are gone"


CHINESE = SERVER / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
REMEDY = f"translate in {CHINESE.relative_to(ROOT)}"


def chinese() -> Catalog:
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def forms_of(message: Message) -> list[str]:
    """Return what is said for one, and for many where it is told apart."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_the_chinese_catalogue_has_every_message_and_no_other() -> None:
    with CATALOGUE.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    said = {message.id: message for message in chinese() if message.id}
    assert not wanted - set(said), f"{REMEDY}: {sorted(map(str, wanted - set(said)))[:20]}"
    assert not set(said) - wanted, f"messages that are gone; take them out of {CHINESE.name}"
    empty = [name for name, message in said.items() if not all(forms_of(message))]
    assert not empty, f"{REMEDY}: {empty[:20]}"
    fuzzy = [name for name, message in said.items() if message.fuzzy]
    assert not fuzzy, f"look at these, and take the mark away: {fuzzy[:20]}"


def test_a_message_in_chinese_has_the_places_of_the_english_one() -> None:
    wrong = []
    for message in chinese():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        places = [set(PLACE.findall(text)) for text in ids]
        wrong += [
            f"{ids[0]!r}: {said!r}"
            for said in forms_of(message)
            if ids[0]
            and not places[-1] - {"num"} <= set(PLACE.findall(said)) <= set().union(*places)
        ]
    assert not wrong, "\n".join(wrong)


def test_a_percent_sign_in_chinese_is_doubled_where_it_is_in_english() -> None:
    wrong = [
        message.id
        for message in chinese()
        if message.id
        and PLACE.search(str(message.id))
        and any(re.search(r"%(?![(%])", said.replace("%%", "")) for said in forms_of(message))
    ]
    assert not wrong


def test_chinese_has_one_form_for_one_and_for_many() -> None:
    catalogue = chinese()
    assert catalogue.num_plurals == 1
    wrong = [m.id for m in catalogue if not isinstance(m.id, str) and len(forms_of(m)) != 1]
    assert not wrong


class Refusal(NamedTuple):
    """A call in the code that is given a message to translate later."""

    where: str
    message: str
    values: set[str]
    takes_any: bool


def refusals() -> Iterator[Refusal]:
    """Find every call whose first argument is N_("...") or whose name says that it refuses."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                yield from _refusal(f"{name_of(path)}:{node.lineno}", node)


def _refusal(where: str, call: ast.Call) -> Iterator[Refusal]:
    message = _marked(call.args[0])
    if message is not None and isinstance(call.func, ast.Name) and call.func.id != "N_":
        names = {keyword.arg for keyword in call.keywords if keyword.arg}
        yield Refusal(where, message, names, any(k.arg is None for k in call.keywords))


def _marked(node: ast.expr) -> str | None:
    inside = node.args[0] if isinstance(node, ast.Call) and node.args else None
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
    return inside.value if named and isinstance(inside, ast.Constant) else None


def test_every_place_in_a_refusal_is_given_its_value() -> None:
    found = list(refusals())
    assert len(found) > 50
    missing = {
        f"{refusal.where}: {sorted(set(PLACE.findall(refusal.message)) - refusal.values)}"
        for refusal in found
        if not refusal.takes_any and set(PLACE.findall(refusal.message)) - refusal.values
    }
    assert not missing


ERRORS = (
    "Invalid",
    "Conflict",
    "Forbidden",
    "NotFound",
    "NotSignedIn",
    "TooLarge",
    "UploadTimeout",
)


def test_every_refusal_is_marked_for_translation() -> None:
    bare = {
        f"{name_of(path)}:{node.lineno}: {node.args[0].value!r}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ERRORS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert not bare
