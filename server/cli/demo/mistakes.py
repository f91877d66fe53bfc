"""The mistakes that students make when they write a file: each is refused by the reader."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import polars as pl

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Mistake(StrEnum):
    """What went wrong with a file."""

    NO_HEADER = "no header"
    WRONG_COLUMN = "wrong column name"
    MISSING_ROWS = "missing rows"
    NOT_A_NUMBER = "NaN in the predictions"
    SEMICOLONS = "semicolons"
    ROW_NUMBERS = "row numbers as a column"
    REPEATED_ROWS = "repeated rows"
    PERCENTAGES = "percentages"
    WORDS = "labels as words"


def no_header(frame: pl.DataFrame) -> str:
    """What `header=False` writes."""
    return frame.write_csv(include_header=False)


def wrong_column(frame: pl.DataFrame) -> str:
    """A column name of one's own."""
    return frame.rename({frame.columns[-1]: "prediction"}).write_csv()


def missing_rows(frame: pl.DataFrame) -> str:
    """The file of a loop that stopped one batch early."""
    return frame.head(len(frame) - 10).write_csv()


def not_a_number(frame: pl.DataFrame) -> str:
    """Every twentieth prediction as pandas writes it when a join found nothing."""
    name = frame.columns[-1]
    gaps = pl.int_range(len(frame)) % 20 == 7
    spoilt = pl.when(gaps).then(pl.lit("nan")).otherwise(pl.col(name).cast(pl.String))
    return frame.with_columns(spoilt.alias(name)).write_csv()


def semicolons(frame: pl.DataFrame) -> str:
    """What a spreadsheet exports in half of Europe."""
    return frame.write_csv(separator=";")


def row_numbers(frame: pl.DataFrame) -> str:
    """What `to_csv` writes without `index=False`."""
    header = ",".join(["", *frame.columns])
    return f"{header}\n{frame.with_row_index().write_csv(include_header=False)}"


def repeated_rows(frame: pl.DataFrame) -> str:
    """The last rows twice, as two joined parts overlap."""
    return pl.concat([frame, frame.tail(3)]).write_csv()


def percentages(frame: pl.DataFrame) -> str:
    """Probabilities times a hundred."""
    return frame.with_columns(pl.col(pl.Float64) * 100).write_csv()


def words(frame: pl.DataFrame) -> str:
    """Digits spelt out, as a `map` over class names would."""
    name = frame.columns[-1]
    spelt = [WORDS[int(digit)] for digit in frame[name]]
    return frame.with_columns(pl.Series(name, spelt)).write_csv()


WRITERS: Mapping[Mistake, Callable[[pl.DataFrame], str]] = {
    Mistake.NO_HEADER: no_header,
    Mistake.WRONG_COLUMN: wrong_column,
    Mistake.MISSING_ROWS: missing_rows,
    Mistake.NOT_A_NUMBER: not_a_number,
    Mistake.SEMICOLONS: semicolons,
    Mistake.ROW_NUMBERS: row_numbers,
    Mistake.REPEATED_ROWS: repeated_rows,
    Mistake.PERCENTAGES: percentages,
    Mistake.WORDS: words,
}

COMMON = tuple(m for m in Mistake if m not in (Mistake.PERCENTAGES, Mistake.WORDS))
POSSIBLE: Mapping[str, tuple[Mistake, ...]] = {
    "digits": (*COMMON, Mistake.WORDS),
    "breast-cancer": (*COMMON, Mistake.PERCENTAGES),
    "diabetes": COMMON,
    "mauna-loa-co2": COMMON,
    "doctor-visits": COMMON,
    "travel-mode": (*COMMON, Mistake.PERCENTAGES),
    "wine-course": COMMON,
}


def write(frame: pl.DataFrame, mistake: Mistake | None) -> bytes:
    """The predictions as a CSV file, spoilt by `mistake` if there is one."""
    text = frame.write_csv() if mistake is None else WRITERS[mistake](frame)
    return text.encode()
