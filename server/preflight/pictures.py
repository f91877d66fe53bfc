"""Pictures that a page names and that no reader would see."""

from collections.abc import Iterator

from server.folders.contents import Folder, Page
from server.preflight.report import Fix, Level, Line, Place
from server.shared.errors import N_
from server.shared.markdown import pictures_elsewhere, pictures_lacking


def lines_on_pictures(folder: Folder) -> Iterator[Line]:
    """Name the pictures of each page that are not in images/, and those of other sites."""
    names = {file.name for file in folder.images}
    for page in folder.pages:
        for source in pictures_lacking(page.markdown, names):
            yield _line(
                page,
                source,
                "picture",
                N_("Page “%(page)s” shows %(source)s, and there is no such picture."),
                N_("Its readers would see an empty place."),
                N_("Put the picture there, or take it out of the page."),
            )
        for source in pictures_elsewhere(page.markdown):
            yield _line(
                page,
                source,
                "picture-elsewhere",
                N_("Page “%(page)s” shows a picture of another site: %(source)s."),
                N_("Pages load nothing from elsewhere: its readers see a link in its place."),
                N_("Put the picture into images/, or leave it a link."),
            )


def _line(page: Page, source: str, code: str, *words: str) -> Line:
    said, why, remedy = words
    return Line(
        Level.WARNING,
        code,
        Fix.RULES if page.slug == "rules" else Fix.PAGES,
        said,
        why,
        remedy,
        values={"page": page.slug, "source": source},
        where=Place(f"{page.slug}.md"),
    )
