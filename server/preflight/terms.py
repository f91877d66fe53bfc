"""What participants are told of the data: their licence, and what they say of people."""

from collections.abc import Callable, Iterator

from server.folders.contents import Folder
from server.preflight.report import Fix, Level, Line, Place
from server.shared.errors import N_

Where = Callable[[tuple[str | int, ...]], Place]


def lines_on_terms(folder: Folder, where: Where) -> Iterator[Line]:
    """Say which of the fields on licence and privacy are empty."""
    definition = folder.definition
    found = [*_licence(definition.licence, where), *_privacy(folder, where)]
    yield from found
    if not found:
        yield Line(
            Level.PASSED,
            "terms",
            Fix.ABOUT,
            N_("Licence and privacy are stated: %(licence)s."),
            values={"licence": definition.licence},
        )
    if not definition.host.strip():
        yield Line(
            Level.NOTE,
            "host",
            Fix.ABOUT,
            N_("No host is named."),
            N_("Certificates would name this server's address as who stands behind them."),
            N_(
                "Name the institute, the company or the society behind it (host in challenge.toml)."
            ),
            where=where(("title",)),
        )
    if not definition.summary:
        yield Line(
            Level.WARNING,
            "summary",
            Fix.ABOUT,
            N_("The challenge has no summary."),
            N_("It is the only sentence that the list of challenges shows."),
            N_("Say in one sentence what is to be predicted from what."),
            where=where(("title",)),
        )


def _licence(licence: str, where: Where) -> Iterator[Line]:
    if not licence.strip():
        yield Line(
            Level.WARNING,
            "licence",
            Fix.ABOUT,
            N_("No licence is named for the data."),
            N_("Without one nobody may use them for a paper, or even keep them."),
            N_("Name one, such as CC BY 4.0, or say who allows what (licence in challenge.toml)."),
            where=where(("title",)),
        )


def _privacy(folder: Folder, where: Where) -> Iterator[Line]:
    privacy = folder.definition.privacy
    if privacy.personal_data is None:
        yield Line(
            Level.WARNING,
            "privacy",
            Fix.ABOUT,
            N_("Nothing says whether the data are about people who can be recognised."),
            N_(
                "Personal data may be passed on only on a legal basis, which somebody has to check."
            ),
            N_("Say whether they are, and if so whom to ask (personal_data under [privacy])."),
            where=where(("privacy",)),
        )
    elif privacy.personal_data and not privacy.contact.strip():
        yield Line(
            Level.WARNING,
            "privacy-contact",
            Fix.ABOUT,
            N_("The data are about people, but nobody is named to ask about them."),
            N_("People have a right to know what is done with their data."),
            N_("Name your data protection officer, or whoever answers (contact under [privacy])."),
            where=where(("privacy",)),
        )
