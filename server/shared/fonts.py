"""The fonts of papers: Noto Sans, its SC and KR, Heebo, and whatever Noto font is installed.

Each paper carries the letters that it uses. Scripts whose letters join, stack or run from the right
are written only where HarfBuzz is installed too (`uharfbuzz`): without it they would be wrong.
"""

import importlib.util
import logging
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import fontpkg
import fontpkg_noto_sans
import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont
from fpdf import FPDF

from server.shared.bidi import without_isolates

# A line for each table of each font is not for an operator's log.
logging.getLogger("fontTools").setLevel(logging.WARNING)
LATIN, CHINESE, KOREAN = "noto", "noto-sc", "noto-kr"
# There is no package of Noto's Hebrew.
HEBREW = "heebo"
# What stands for a letter that no font has.
MISSING = "□"
# From Hebrew to Myanmar, and from Khmer to Mongolian: scripts that a shaping engine has to lay out.
SHAPED = (
    range(0x0590, 0x10A0),
    range(0x1780, 0x18B0),
    range(0xFB1D, 0xFE00),
    range(0xFE70, 0xFF00),
)
# Pictures, their modifiers and joiners: a name can be read without them.
PICTURES = frozenset({"So", "Sk", "Cf", "Mn", "Cn", "Co"})


class FontFile(NamedTuple):
    """A font by the name that papers know it by, and its file."""

    name: str
    path: Path


def latin_path() -> Path:
    """Return the file of Noto Sans."""
    return Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf"


def chinese_path() -> Path:
    """Return the file of Noto Sans SC."""
    return pylopdf_fonts_zh_cn.sans_path()


@cache
def further_fonts() -> tuple[FontFile, ...]:
    """Return the upright fonts of further scripts that are installed, Korean first."""
    found = [FontFile(KOREAN, pylopdf_fonts_ko.sans_path())]
    for slug, family in sorted(fontpkg.families().items()):
        upright = [file.path for file in family.files if file.style == "normal"]
        if (slug == HEBREW or slug.startswith("noto-sans-")) and upright:
            found.append(FontFile(slug, upright[0]))
    return tuple(found)


@cache
def shapes() -> bool:
    """Whether letters can be joined, stacked and turned: HarfBuzz is installed."""
    return importlib.util.find_spec("uharfbuzz") is not None


@cache
def letters(path: Path) -> frozenset[int]:
    """Return the characters that a font has; read once a process."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def is_covered(text: str) -> bool:
    """Whether the fonts have every character of a text."""
    return all(_has(letter) for letter in text)


def _has(letter: str) -> bool:
    code = ord(letter)
    if _needs_shaping(code) and not shapes():
        return False
    paths = (latin_path(), chinese_path(), *(font.path for font in further_fonts()))
    return any(code in letters(path) for path in paths)


def _needs_shaping(code: int) -> bool:
    return any(code in block for block in SHAPED)


def printable(text: str) -> str:
    """Return a text in which a box stands for each character that no font has."""
    # Whoever draws finds the directions anew; no font has a sign for where a name ends.
    drawn = without_isolates(text)
    return "".join(letter if _has(letter) else MISSING for letter in drawn)


def legible(text: str) -> str | None:
    """Return a text as it can be printed, or None where a letter of it would be missing.

    Pictures that no font has are left out; a letter never is.
    """
    kept = [c for c in without_isolates(text) if _has(c) or unicodedata.category(c) not in PICTURES]
    clean = " ".join("".join(kept).split())
    return clean if clean and is_covered(clean) else None


def add_fonts(pdf: FPDF, texts: str) -> None:
    """Give a paper its fonts; another than the first, which takes time, where it is needed."""
    pdf.add_font(LATIN, fname=latin_path())
    missing = {ord(letter) for letter in texts} - letters(latin_path())
    further = []
    for font in (FontFile(CHINESE, chinese_path()), *further_fonts()):
        if missing & letters(font.path):
            pdf.add_font(font.name, fname=font.path)
            missing -= letters(font.path)
            further.append(font.name)
    if further:
        pdf.set_fallback_fonts(further)
    pdf.set_font(LATIN, size=9)
    if shapes() and any(_needs_shaping(ord(letter)) for letter in texts):
        pdf.set_text_shaping(use_shaping_engine=True)
