"""Reading a table of the organiser's whole: no limit of an upload holds for it."""

from pathlib import Path

from scorers.errors import FaultList, InvalidPredictions, InvalidSolution
from scorers.reading.aligning import add_id_faults, raise_if
from scorers.reading.checking import Table
from scorers.reading.schema import Plan
from scorers.reading.whole_numbers import in_type
from scorers.tables import read_table

_NO_LIMIT = 1 << 62


def read_hidden(path: Path, plan: Plan, *, typed: bool = True) -> Table:
    """A table checked by `plan`'s rules, with one row an id.

    `typed`: ids that are all whole numbers become numbers. Raises: InvalidSolution.
    """
    try:
        table = read_table(path, plan, max_bytes=_NO_LIMIT, max_rows=_NO_LIMIT)
        if typed:
            table = table._replace(frame=table.frame.with_columns(*map(in_type, table.ids)))
        faults = FaultList()
        add_id_faults(table, None, faults)
        raise_if(faults)
    except InvalidPredictions as error:
        raise InvalidSolution(error.faults, error.count) from None
    return table
