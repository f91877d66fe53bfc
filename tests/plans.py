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
# Of what waits to be scored alone: to read all of it is to read little.
OF_FEW = {"ix_submission_waiting"}
WALKS = re.compile(rf"^SCAN ({GROWING})(_\d+)?( |$)")


def walks_in(database: Database, asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the statements (with values each had) that walk through a table, and the steps."""
    look = walks_of_sqlite if database.is_sqlite else walks_of_postgres
    engine = database.read_engine if database.is_sqlite else database.write_engine
    with engine.connect() as connection:
        if not database.is_sqlite:
            pretend_much(connection)
        found = {s: look(connection, s, values) for s, values in asked.items()}
        connection.rollback()
    return {statement: lines for statement, lines in found.items() if lines}


def walks_of_sqlite(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return [row[3] for row in plan if WALKS.match(row[3])]


def pretend_much(connection: sa.Connection) -> None:
    """Let the planner take every table for one of a million rows, until this is rolled back.

    Tables of a few rows are read as they stand and joined in any order, which says nothing of
    large ones. The planner multiplies the pages that there are by the density noted here
    (PostgreSQL's `estimate_rel_size`), so a table without any row stays small: no plan may go
    through a table while there is any other.
    """
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    connection.exec_driver_sql(
        "UPDATE pg_class SET reltuples = 1000000,"
        " relpages = greatest(1, pg_relation_size(oid) / 8192)"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
    )
    # What was found in the few rows, if the autovacuum came by, is not so of many.
    connection.exec_driver_sql(
        "DELETE FROM pg_statistic USING pg_class"
        " WHERE starelid = pg_class.oid AND relnamespace = 'public'::regnamespace"
    )


def walks_of_postgres(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    return list(walked(plan[0]["Plan"], first_rows=False))


def walked(node: dict[str, Any], *, first_rows: bool) -> Iterator[str]:
    """Yield the steps of a plan that go through all of a growing table, or all of an index."""
    first_rows = first_rows or node["Node Type"] == "Limit"
    conditions = {"Index Cond", "Recheck Cond"}
    through_all = node["Node Type"] == "Seq Scan" or (
        "Index Name" in node
        and node["Index Name"] not in OF_FEW
        and not conditions & set(node)
        and not first_rows
    )
    if through_all and re.fullmatch(GROWING, node.get("Relation Name", "")):
        yield f"{node['Node Type']} on {node['Relation Name']}"
    for part in node.get("Plans", ()):
        yield from walked(part, first_rows=first_rows and node["Node Type"] != "Aggregate")
