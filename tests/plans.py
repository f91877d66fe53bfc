"""How a database means to carry statements out: whether it goes through all of what grows."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from server.shared.database import Database

GROWING = (
    "submission|entry|team|score|event|account|membership|participation|replicates"
    "|notification|question|registration"
)
WALKS = re.compile(rf"^SCAN ({GROWING})(_\d+)?( |$)")


def walks_in(database: Database, asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the statements (with values each had) that walk through a table, and the steps."""
    look = walks_of_sqlite if database.is_sqlite else walks_of_postgres
    with database.read_engine.connect() as connection:
        found = {s: look(connection, s, values) for s, values in asked.items()}
    return {statement: lines for statement, lines in found.items() if lines}


def walks_of_sqlite(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return [row[3] for row in plan if WALKS.match(row[3])]


def walks_of_postgres(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    # Tables of a few rows are read as they stand, and joined whole, unless that is ruled out.
    for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    return list(walked(plan[0]["Plan"], first_rows=False))


def walked(node: dict[str, Any], *, first_rows: bool) -> Iterator[str]:
    """Yield the steps of a plan that go through all of a growing table, or all of an index."""
    first_rows = first_rows or node["Node Type"] == "Limit"
    conditions = {"Index Cond", "Recheck Cond"}
    through_all = node["Node Type"] == "Seq Scan" or (
        "Index Name" in node and not conditions & set(node) and not first_rows
    )
    if through_all and re.fullmatch(GROWING, node.get("Relation Name", "")):
        yield f"{node['Node Type']} on {node['Relation Name']}"
    for part in node.get("Plans", ()):
        yield from walked(part, first_rows=first_rows and node["Node Type"] != "Aggregate")
