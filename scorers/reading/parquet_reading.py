"""Parquet, decoded in a process of its own: a damaged file can make polars abort."""

import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from scorers.errors import shorten
from scorers.reading.containers import refuse

_PROCESS = Path(__file__).with_name("parquet_process.py")
_DAMAGED = (
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
        column = shorten(refusal["column"])
        refuse(refusal["code"], refusal["message"].replace("{column}", column))
    return pl.read_ipc_stream(io.BytesIO(table))
