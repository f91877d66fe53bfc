"""A page of PDF with the product's fonts and colours, and the few shapes that papers need."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from server.shared.fonts import LATIN, add_fonts, printable

Colour = tuple[int, int, int]
INK: Colour = (26, 36, 44)
MUTED: Colour = (98, 110, 122)
ACCENT: Colour = (20, 74, 92)
WARM: Colour = (178, 98, 20)
LINE: Colour = (214, 217, 222)
# Millimetres.
MARGIN = 16
ROW = 6.0


class Column(NamedTuple):
    """A column of a table: its heading, its width in millimetres, and where its text stands."""

    title: str
    width: float
    align: str = "L"


class Paper(FPDF):
    """One page of A4 with the fonts that its texts need."""

    def __init__(
        self, texts: str, *, orientation: Literal["portrait", "landscape"] = "portrait"
    ) -> None:
        super().__init__(orientation=orientation, format="A4")
        self.set_margins(MARGIN, 14, MARGIN)
        self.set_auto_page_break(auto=False)
        self.add_page()
        add_fonts(self, texts)

    def say(
        self, text: str, *, size: float, colour: Colour = INK, height: float, wide: float = 0
    ) -> None:
        """Write a line and go to the next."""
        self.set_font(LATIN, size=size)
        self.set_text_color(*colour)
        fitted = self.fitted(text, wide or self.epw)
        self.cell(wide, height, fitted, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def block(
        self, text: str, *, size: float, height: float, colour: Colour = INK, wide: float = 0
    ) -> None:
        """Write a text over as many lines as it takes, and go to the next."""
        self.set_font(LATIN, size=size)
        self.set_text_color(*colour)
        self.multi_cell(
            wide or self.epw, height, printable(text), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT
        )

    def size_for(self, text: str, sizes: Sequence[float], wide: float = 0) -> float:
        """Return the first of some sizes in which a text fits on a line, else the last."""
        for size in sizes:
            self.set_font(LATIN, size=size)
            if self.get_string_width(printable(text)) <= (wide or self.epw):
                return size
        return sizes[-1]

    def heading(self, text: str) -> None:
        """Write the heading of a section."""
        with self.strong(ACCENT):
            self.say(text, size=11.5, colour=ACCENT, height=7.5)

    @contextmanager
    def strong(self, colour: Colour = INK) -> Iterator[None]:
        """Write heavier: letters with an outline, for a font that comes in one weight."""
        with self.local_context(text_mode="FILL_STROKE", line_width=0.12, draw_color=colour):
            yield

    def fitted(self, text: str, wide: float) -> str:
        """Return a text that fits into a width, cut with dots where it is longer."""
        clean = printable(text)
        if self.get_string_width(clean) <= wide:
            return clean
        while clean and self.get_string_width(clean + "…") > wide:
            clean = clean[:-1]
        return clean.rstrip() + "…"

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Draw a table from the left of where the pen stands."""
        left = self.get_x()
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self._row(left, columns, [c.title for c in columns], size=7.5, colour=MUTED)
        for row in rows:
            self._row(left, columns, row, size=8.5, colour=INK)
        self.set_x(left)

    def _row(
        self,
        left: float,
        columns: Sequence[Column],
        row: Sequence[str],
        *,
        size: float,
        colour: Colour,
    ) -> None:
        self.set_x(left)
        self.set_font(LATIN, size=size)
        self.set_text_color(*colour)
        for column, text in zip(columns, row, strict=True):
            fitted = self.fitted(text, column.width - 2)
            self.cell(column.width, ROW, fitted, border="B", align=column.align)
        self.ln(ROW)
