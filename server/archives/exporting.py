"""All of a challenge as the members of an archive that `varsity deploy` reads back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from scorers.metric_files.file import METRIC
from server.archives.definitions import (
    PhaseNow,
    definition_of,
    phases_now,
    starts_from,
    usage_file,
)
from server.archives.results import result_members
from server.archives.streaming import Member, of_stored, of_text
from server.challenges.file_queries import files_of, images_of
from server.challenges.models import Challenge
from server.challenges.queries import pages_of
from server.evaluations.models import Evaluation
from server.folders.files import DATA, IMAGES, STARTER
from server.folders.writing import toml_of
from server.shared.database import Database
from server.shared.storage import FileStore

README = "README.txt"
INTRODUCTION = """\
{title}: everything that {site} keeps of this challenge, as of {now}.

This is a challenge folder. Deploy it, here or on another server:

    varsity check FILE.zip
    varsity deploy FILE.zip --organiser EMAIL

results/ holds what came of it: boards, teams, submissions, scores and the log, as tables. Deploying
the archive does not read them: teams and their submissions stay on the server that they are on.
"""
WITHOUT_SOLUTION = """
NOT IN THIS ARCHIVE: what is hidden
{files}
The browser gives none of it away, and can't read the answers itself, so that nobody can who breaks
into it. To have a whole archive, ask the server's operator for

    varsity export {slug} FILE.zip --with-solution

or unpack this one, put your own copies of these files where they are named above, and deploy the
folder.
"""
WITH_SOLUTION = """
THIS ARCHIVE HOLDS THE HIDDEN ANSWERS, in
{files}
Whoever has it can win the challenge: keep it to yourself.
"""
CORRECTED = """
The solution of {phases} was corrected while it ran. On this server that keeps which rows are
public; on another they are drawn anew, unless the solution has a Usage column.
"""
KEPT = """
The solution of {phases} was corrected while it ran. Which of its rows are public is said in
{files}
so that each stays on its board wherever this is deployed.
"""


@dataclass(frozen=True)
class Export:
    """What is exported: `with_code`: the text of a metric file too, which no page shows."""

    database: Database
    challenge_id: int
    public_files: FileStore
    with_submissions: bool
    now: datetime
    with_code: bool = False
    site: str = "Varsity"


def folder_members(
    session: Session, challenge: Challenge, export: Export, *, solutions: Sequence[Member] = ()
) -> list[Member]:
    """Return the files of the challenge's folder: all but what lies under results/."""
    assert challenge.id is not None
    phases = phases_now(session, challenge.id)
    definition = with_usage(definition_of(session, challenge), (m.name for m in solutions))
    store = export.public_files
    files = files_of(session, challenge.id)
    return [
        of_text(README, _readme(challenge, definition, phases, export, whole=bool(solutions))),
        of_text("challenge.toml", toml_of(definition)),
        *(of_text(f"{p.slug}.md", p.markdown) for p in pages_of(session, challenge.id)),
        *(_code(phases) if export.with_code else ()),
        *(
            of_stored(STARTER if starts_from(files, f) else f"{DATA}/{f.name}", store, f.sha256)
            for f in files
        ),
        *(
            of_stored(f"{IMAGES}/{i.name}", store, i.sha256)
            for i in images_of(session, challenge.id)
        ),
        *_baselines(definition, phases, store),
        *solutions,
    ]


def all_members(
    session: Session, challenge: Challenge, export: Export, *, solutions: Sequence[Member] = ()
) -> Iterator[Member]:
    """Yield every member of the archive: the folder, then the results."""
    folder = folder_members(session, challenge, export, solutions=solutions)
    session.rollback()
    yield from folder
    yield from result_members(
        export.database,
        export.challenge_id,
        store=export.public_files if export.with_submissions else None,
        now=export.now,
    )


def with_usage(definition: dict[str, Any], named: Iterable[str]) -> dict[str, Any]:
    """Name the tables that say which rows are public, those of them that are there."""
    hidden = set(named)
    for phase in definition["phases"]:
        if usage_file(phase["slug"]) in hidden:
            phase["usage"] = usage_file(phase["slug"])
    return definition


def solution_files(
    definition: dict[str, Any], phases: Sequence[PhaseNow]
) -> dict[str, tuple[str, str]]:
    """Return each hidden file's name with its sha256, and with what its phase is called."""
    named = {phase["slug"]: phase["solution"] for phase in definition["phases"]}
    return {
        named[now.phase.slug]: (now.evaluation.solution_sha256, now.phase.title)
        for now in phases
        if now.evaluation is not None
    }


def _code(phases: Sequence[PhaseNow]) -> list[Member]:
    codes = [now.evaluation.spec.get("code") for now in phases if now.evaluation is not None]
    found = [code for code in codes if code]
    return [of_text(METRIC, found[-1])] if found else []


def _baselines(
    definition: dict[str, Any], phases: Sequence[PhaseNow], store: FileStore
) -> Iterator[Member]:
    rows = {(row.baseline, now.phase.slug): row for now in phases for row in now.baselines}
    written = set[str]()
    for line in definition.get("baselines", ()):
        row = rows[line["name"], line["phase"]]
        # Two lines may name one file.
        if line["file"] not in written:
            written.add(line["file"])
            yield of_stored(line["file"], store, row.sha256)


def _readme(
    challenge: Challenge,
    definition: dict[str, Any],
    phases: Sequence[PhaseNow],
    export: Export,
    *,
    whole: bool,
) -> str:
    hidden = solution_files(definition, phases)
    named = [f"{name}  ({title})" for name, (_, title) in hidden.items()]
    named += [METRIC] if _code(phases) and not export.with_code else []
    files = "".join(f"    {name}\n" for name in named)
    moment = f"{export.now:%Y-%m-%d %H:%M} UTC"
    text = INTRODUCTION.format(title=challenge.title, site=export.site, now=moment)
    text += (WITH_SOLUTION if whole else WITHOUT_SOLUTION).format(files=files, slug=challenge.slug)
    return text + _corrected(definition, phases)


def _corrected(definition: dict[str, Any], phases: Sequence[PhaseNow]) -> str:
    """Say what becomes of the rows of phases whose solution was corrected."""
    corrected = [now.phase for now in phases if now.evaluation and was_corrected(now.evaluation)]
    kept = {p["slug"]: p["usage"] for p in definition["phases"] if p.get("usage")}
    anew = ", ".join(phase.title for phase in corrected if phase.slug not in kept)
    stay = ", ".join(phase.title for phase in corrected if phase.slug in kept)
    files = "".join(f"    {name}\n" for name in kept.values()).rstrip("\n")
    text = CORRECTED.format(phases=anew) if anew else ""
    return text + (KEPT.format(phases=stay, files=files) if stay else "")


def keeps_sides(evaluation: Evaluation) -> bool:
    """Whether rows stand where chance put them under an evaluation before this one."""
    spec = evaluation.spec
    drawn = was_corrected(evaluation) and spec.get("public_fraction") is not None
    return drawn or spec.get("sides") is not None


def was_corrected(evaluation: Evaluation) -> bool:
    """Whether it is not the first evaluation of its phase."""
    return evaluation.number > 1
