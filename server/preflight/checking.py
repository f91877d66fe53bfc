"""The check before launch: everything that is known of a folder, said before anybody takes part."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from scorers.metric_files.scoring import Run
from server.folders.checking import check_folder, check_structure
from server.folders.contents import Folder
from server.folders.faults import DEFINITION_FILE
from server.folders.preparing import read_definition_file
from server.folders.scored import Scored
from server.folders.surveying import Survey
from server.folders.toml_lines import KeyLines
from server.preflight.balance import lines_on_split
from server.preflight.boards import lines_on_boards
from server.preflight.budget import USUAL, Budget
from server.preflight.facts import Entrants, PhaseFacts, facts_of_phase
from server.preflight.leaks import lines_on_leaks
from server.preflight.ordering import lines_on_order
from server.preflight.pictures import lines_on_pictures
from server.preflight.report import Level, Line, Place, Report
from server.preflight.schedule import Where, lines_on_schedule
from server.preflight.scores import lines_on_scores
from server.preflight.structure import lines_of_faults, lines_of_findings
from server.preflight.tables import Found, lines_on_files, read_tables, tables_of
from server.preflight.terms import lines_on_terms
from server.preflight.traps import lines_on_metric


def report(
    folder: Folder,
    *,
    now: datetime,
    run: Run | None = None,
    budget: Budget = USUAL,
    quick: bool = False,
    entrants: Mapping[str, Entrants] | None = None,
) -> Report:
    """Check a folder that could be read; the same folder gives the same report.

    `run` is how a metric.py is run. `budget`: how much is looked at. `quick`: only what needs no
    solution and no data, in well under a second. `entrants`: the teams of phases that run, whose
    scores tell more of the boards than baselines do.
    """
    lines = [*_structure(folder, now)]
    if quick:
        lines += lines_of_findings(folder, check_structure(folder))
        return Report.of(lines, quick=True)
    scored = Scored(folder, run)
    lines = [*lines_of_findings(folder, check_folder(folder, run=run, scored=scored)), *lines]
    tables = read_tables(folder, scored.samples.values(), budget.bytes)
    lines += lines_on_files(tables)
    for phase in folder.definition.phases:
        facts = facts_of_phase(scored, phase, (entrants or {}).get(phase.slug))
        if facts is not None:
            lines += _on_phase(folder, facts, tables, budget)
    return Report.of(lines)


def report_on_mistakes(
    found: Survey, *, run: Run | None = None, budget: Budget = USUAL, quick: bool = False
) -> Report:
    """The report of a folder that can't be launched as it is: all that stands against it.

    Beside the mistakes of its definition and its files, the errors of whatever can be tried out
    all the same; warnings wait until then.
    """
    lines = lines_of_faults(found.faults)
    if found.sound is not None and not quick:
        lines += [line for line in _tried(found.sound, run, budget) if line.level is Level.ERROR]
    return Report.of(lines, quick=quick)


def _tried(folder: Folder, run: Run | None, budget: Budget) -> Iterator[Line]:
    scored = Scored(folder, run)
    yield from lines_of_findings(folder, check_folder(folder, run=run, scored=scored))
    tables = read_tables(folder, scored.samples.values(), budget.bytes)
    for phase in folder.definition.phases:
        facts = facts_of_phase(scored, phase)
        if facts is not None:
            yield from lines_on_scores(folder, facts)
            yield from lines_on_metric(facts)
            yield from lines_on_leaks(facts, tables_of(facts, tables), budget)


def _structure(folder: Folder, now: datetime) -> Iterator[Line]:
    text, document = read_definition_file(folder.path)
    where = _places(text)
    yield from lines_on_terms(folder, where)
    yield from lines_on_pictures(folder)
    yield from lines_on_schedule(folder, document, where, now)


def _places(text: str) -> Where:
    keys = KeyLines(text)
    return lambda path: Place(DEFINITION_FILE, keys.line(path))


def _on_phase(
    folder: Folder,
    facts: PhaseFacts,
    tables: Found,
    budget: Budget,
) -> Iterator[Line]:
    found = tables_of(facts, tables)
    yield from lines_on_scores(folder, facts)
    yield from lines_on_metric(facts)
    yield from lines_on_boards(facts, budget)
    yield from lines_on_split(facts, found)
    yield from lines_on_order(facts, found, budget)
    yield from lines_on_leaks(facts, found, budget)
