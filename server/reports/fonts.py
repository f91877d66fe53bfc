"""The fonts of papers: Noto Sans, and Noto Sans SC for Chinese; each paper carries what it uses."""

import logging
from functools import cache
from pathlib import Path

import fontpkg_noto_sans
import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont
from fpdf import FPDF

# A line for each table of each font is not for an operator's log.
logging.getLogger("fontTools").setLevel(logging.WARNING)
LATIN, CHINESE = "noto", "noto-sc"
# What stands for a letter that no font has.
MISSING = "□"


def latin_path() -> Path:
    """Return the file of Noto Sans."""
    return Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf"


def chinese_path() -> Path:
    """Return the file of Noto Sans SC."""
    return pylopdf_fonts_zh_cn.sans_path()


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
    return code in letters(latin_path()) or code in letters(chinese_path())


def printable(text: str) -> str:
    """Return a text in which a box stands for each character that no font has."""
    return "".join(letter if _has(letter) else MISSING for letter in text)


def add_fonts(pdf: FPDF, texts: str) -> None:
    """Give a paper its fonts; the Chinese one, which takes time to read, where it is needed."""
    pdf.add_font(LATIN, fname=latin_path())
    known = letters(latin_path())
    if any(ord(letter) not in known for letter in texts):
        pdf.add_font(CHINESE, fname=chinese_path())
        pdf.set_fallback_fonts([CHINESE])
    pdf.set_font(LATIN, size=9)
