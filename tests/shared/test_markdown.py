"""What organisers write becomes a page that the content security policy lets through."""

import re
import time
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from server.shared.markdown import pictures_elsewhere, render_markdown

TABLE = "| id | digit | note |\n|:---|------:|:----:|\n| 1 | 7 | **bold** |\n"
ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "input", "link", "meta", "base"}
# As browsers read it: white space before and within a scheme does not count.
SCHEME = re.compile(r"\s*[a-z][a-z0-9+.\s-]*:", re.IGNORECASE)


class Elements(HTMLParser):
    """Collects each element with its attributes, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def elements(text: str) -> Elements:
    return Elements(render_markdown(text))


def test_what_is_rendered_is_not_escaped_again():
    assert isinstance(render_markdown("*x*"), Markup)
    assert render_markdown("*x*") == "<p><em>x</em></p>\n"


def test_a_table_is_a_table():
    table = elements(TABLE)
    assert (len(table.named("th")), len(table.named("td"))) == (3, 3)
    assert "<strong>bold</strong>" in render_markdown(TABLE)


def test_the_alignment_of_a_column_is_a_class_and_no_style():
    table = elements(TABLE)
    expected = ["text-left", "text-right", "text-center"]
    assert [cell.get("class") for cell in table.named("th")] == expected
    assert [cell.get("class") for cell in table.named("td")] == expected
    assert "style" not in render_markdown(TABLE)


def test_equal_headings_have_addresses_of_their_own():
    html = render_markdown("# A b\n# A b\n## `x` A!\n# A b 1\n#### Deep\n")
    assert re.findall(r'id="([^"]*)"', html) == ["a-b", "a-b-1", "x-a", "a-b-1-1"]


def test_no_text_takes_time_by_its_square():
    before = time.process_time()
    assert render_markdown("# a\n" * 10_000).count('id="a-') == 9_999
    assert "[[[&lt;b&gt;" in render_markdown("[" * 100_000 + "<b>\n\n*and on*")
    assert "<em>and on</em>" in render_markdown("[" * 100_000 + "\n\n*and on*")
    assert time.process_time() - before < 4


@pytest.mark.parametrize("used", ["[a]", "![][a]", "[![][a]](x) "])
def test_an_address_that_many_links_name_is_not_written_out_without_end(used):
    text = f"[a]: https://other.example/{'x' * 10_000} 'words'\n\n{used * 1_500}"
    html = render_markdown(text)
    assert len(html) < 500_000
    assert f"https://other.example/{'x' * 10_000}" in html


def test_a_long_page_keeps_every_link_that_was_written_out():
    links = "\n\n".join(f"[here](https://other.example/{n:0>100})" for n in range(1_500))
    assert len(elements(links).named("a")) == 1_500
    assert all("href" in link for link in elements(links).named("a"))


@pytest.mark.parametrize("tables", [1, 30])
def test_rows_of_a_letter_do_not_become_tables_without_end(tables):
    wide = "|a" * 50 + "|\n" + "|-" * 50 + "|\n" + "|b\n" * 500
    html = render_markdown(f"{wide}\n" * tables)
    assert len(html) < 200 * len(wide) * tables
    assert html.count("<td") <= 1_000
    assert html.count("|b") >= 500 * (tables - 1)


def test_a_table_that_leaves_some_cells_out_is_a_table():
    table = elements("| a | b | c |\n|---|---|---|\n" + "| 1 |\n" * 300)
    assert len(table.named("td")) == 900


def test_headings_are_one_level_lower_for_the_page_has_its_own():
    text = "\n\n".join(f"{'#' * level} Level {level}" for level in range(1, 7))
    html = render_markdown(text)
    opened = re.findall(r"<h(\d)", html)
    assert opened == re.findall(r"</h(\d)>", html) == ["2", "3", "4", "5", "6", "6"]


def test_headings_have_names_that_an_address_can_point_at():
    assert [h.get("id") for h in elements("# The data\n\n## The data\n").named("h2")] == [
        "the-data"
    ]
    assert elements("# The data\n\n## The data\n").named("h3") == [{"id": "the-data-1"}]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        "a <img src=x onerror=alert(1)> b",
        "<style>p { color: red }</style>",
        "<p style='color: red'>x</p>",
        "<iframe src=x></iframe>",
        "<!-- <script>alert(1)</script> -->",
    ],
)
def test_raw_html_is_shown_as_text(text):
    found = elements(text).found
    assert {tag for tag, _ in found} <= {"p"}
    assert all(not attributes for _, attributes in found)
    assert "&lt;" in render_markdown(text)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#9;script:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", "![x]({})", "<{}>", "[x][y]\n\n[y]: {}"])
def test_a_link_leads_to_no_script(address, form):
    for tag, attributes in elements(form.format(address)).found:
        assert tag not in ACTIVE
        for name in ("href", "src"):
            assert not SCHEME.match(attributes.get(name) or "")


@pytest.mark.parametrize(
    "address", ["https://tum.example/x?a=1", "http://tum.example/", "mailto:lena@tum.example"]
)
def test_an_ordinary_link_stays_and_gives_nothing_away(address):
    (link,) = elements(f"[x]({address})").named("a")
    assert (link["href"], link["rel"]) == (address, "noopener nofollow")


def test_a_link_within_the_site_stays():
    assert elements("[x](/challenges/digits)").named("a")[0]["href"] == "/challenges/digits"
    assert elements("[x](#the-data)").named("a")[0]["href"] == "#the-data"


def test_a_picture_keeps_its_words():
    (picture,) = elements('![Eight by eight](/files/scan.png "A scan")').named("img")
    assert picture == {"src": "/files/scan.png", "alt": "Eight by eight", "title": "A scan"}


def test_a_quote_in_a_title_does_not_end_the_attribute():
    (picture,) = elements("![x](/a.png 'y\" onerror=\"alert(1)')").named("img")
    assert set(picture) == {"src", "alt", "title"}


def test_code_is_shown_as_it_was_written():
    html = render_markdown('```html\n<script src="x">\n```\n')
    assert "&lt;script src=" in html
    assert not elements('```html\n<script src="x">\n```\n').named("script")


def test_a_footnote_points_at_its_text_and_back():
    page = elements("Scans[^1].\n\n[^1]: Of 1998.\n")
    names = {attributes["id"] for _, attributes in page.found if attributes.get("id")}
    targets = {link["href"].removeprefix("#") for link in page.named("a")}
    assert len(targets) == 2
    assert targets <= names


def test_nothing_that_the_policy_forbids_is_ever_made():
    everything = "\n\n".join(
        (TABLE, "# A", "1. x\n2. y", "> quote", "~~gone~~", "`code`", "***", "x[^1]\n\n[^1]: y")
    )
    for tag, attributes in elements(everything).found:
        assert tag not in ACTIVE
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_an_empty_page_is_empty():
    assert render_markdown("") == ""


@pytest.mark.parametrize("source", ["https://other.example/a.png", "//other.example/a.png"])
def test_a_picture_of_another_site_is_a_link_which_no_policy_breaks(source):
    found = elements(f"See ![the curve]({source}) and ![own](images/b.png)")
    assert [a["href"] for a in found.named("a")] == [source]
    assert [img["src"] for img in found.named("img")] == ["images/b.png"]
    assert ">the curve</a>" in render_markdown(f"![the curve]({source})")
    assert f">{source}</a>" in render_markdown(f"![]({source})")


def test_a_picture_of_another_site_within_a_link_leaves_its_words():
    html = render_markdown("[![badge](https://other.example/b.svg)](https://docs.example)")
    assert Elements(html).named("a") == [
        {"href": "https://docs.example", "rel": "noopener nofollow"}
    ]
    assert ">badge</a>" in html
    assert "<img" not in html


def test_pictures_of_other_sites_are_named_once_in_their_order():
    text = "![](https://b.example/1.png) ![](images/own.png)\n\n- ![](//a.example/2.png)\n\n"
    assert pictures_elsewhere(text * 2) == ["https://b.example/1.png", "//a.example/2.png"]
    assert pictures_elsewhere("`![](https://b.example/1.png)`") == []
