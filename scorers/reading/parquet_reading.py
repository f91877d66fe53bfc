"""Parquet, decoded in a process of its own: a damaged file can make polars abort."""

import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from scorers.errors import shorten
from scorers.reading.containers import refuse, too_large_unpacked, too_many_rows
from scorers.sentences import Sentence, sentence

_PROCESS = Path(__file__).with_name("parquet_process.py")
_DAMAGED = sentence(
    "The Parquet file is damaged or cut short, or far larger unpacked than allowed; write it again."
)


def read_parquet(data: bytes, max_rows: int, max_bytes: int) -> pl.DataFrame:
    """The table, at most `max_bytes` of it unpacked: columns of numbers and of text.

    Raises: InvalidPredictions.
    """
    # -P: no library is to be looked for among the modules of the script's folder.
    command = [sys.executable, "-P", str(_PROCESS), str(max_rows), str(max_bytes)]
    done = subprocess.run(  # noqa: S603 - our own script; the file is its input
        command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    head, _, table = done.stdout.partition(b"\n")
    if done.returncode or not head:
        refuse("format", _DAMAGED)
    refusal = json.loads(head)
    if refusal:
        refuse(refusal["code"], _said(refusal, max_rows, max_bytes))
    return pl.read_ipc_stream(io.BytesIO(table))


def _said(refusal: dict[str, str], max_rows: int, max_bytes: int) -> Sentence:
    column = shorten(refusal["column"])
    match refusal["code"]:
        case "too_many_rows":
            return too_many_rows(max_rows)
        case "too_many_bytes":
            return too_large_unpacked(max_bytes)
        case "encoding":
            return sentence(
                "The column “%(column)s” holds bytes that are not text in UTF-8.", column=column
            )
    if not refusal["type"]:
        return sentence(
            "The column “%(column)s” holds lists; expected single values.", column=column
        )
    return sentence(
        "The column “%(column)s” holds %(type)s; expected numbers or text.",
        column=column,
        type=refusal["type"],
    )
