"""What a challenge folder holds once it has been read and found right."""

from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path

from scorers.evaluate import EvaluationSpec
from scorers.kinds import InputKind
from scorers.labels import sort_labels
from scorers.registry import get_scorer
from scorers.spec import BY_LABEL, Split
from server.folders.definition import Definition, PhaseDefinition
from server.folders.tables import UnreadableTable, number_columns, text_columns

REPLICATES = 1_000
MAX_ROWS = 20_000_000
UNPACKED_PER_BYTE = 20
# What a seed is drawn for.
SPLIT, REPLICATING = "split", "replicates"


@dataclass(frozen=True)
class Page:
    """A tab of the challenge's own: the Markdown of one *.md file."""

    slug: str
    title: str
    markdown: str


@dataclass(frozen=True)
class DataFile:
    """A file that participants download; size in bytes."""

    name: str
    path: Path
    size: int
    description: str = ""


@dataclass(frozen=True)
class SolutionFile:
    """The hidden answers of a phase; `sha256` names their bytes."""

    phase: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class BaselineFile:
    """A reference submission and the phase that it is for."""

    name: str
    phase: str
    path: Path
    size: int


@dataclass(frozen=True)
class Folder:
    """A challenge folder that has been read: nothing in it is known to be wrong."""

    path: Path
    slug: str
    definition: Definition
    header: tuple[str, ...]
    pages: list[Page]
    files: list[DataFile]
    solutions: list[SolutionFile]
    baselines: list[BaselineFile]
    code: str | None = field(default=None, repr=False)
    images: list[DataFile] = field(default_factory=list)

    @property
    def sample(self) -> Path:
        """The sample submission, whose header is the contract."""
        return self.path / self.definition.submission.sample

    def phase(self, slug: str) -> PhaseDefinition:
        """Return a phase by its slug. Raises KeyError."""
        return {phase.slug: phase for phase in self.definition.phases}[slug]

    def solution_of(self, phase: str) -> SolutionFile:
        """Return the solution of a phase. Raises KeyError."""
        return {solution.phase: solution for solution in self.solutions}[phase]

    def spec_for(self, phase: str, *, replicates: int = REPLICATES) -> EvaluationSpec:
        """Say how a phase is scored; the same folder gives the same seeds. Raises KeyError."""
        definition, submission = self.definition, self.definition.submission
        return EvaluationSpec(
            scorer=definition.scoring.scorer,
            params=definition.scoring.params,
            also=tuple(definition.scoring.also),
            id_columns=submission.id_columns,
            header=self.header,
            labels=self._labels(phase),
            unit_column=definition.scoring.unit_column,
            kind=definition.scoring.input,
            public_fraction=self.phase(phase).public_fraction,
            split=split_of(self.phase(phase)),
            draw=BY_LABEL,
            sides=self._sides(phase),
            split_seed=self._seed(phase, SPLIT),
            replicate_seed=self._seed(phase, REPLICATING),
            replicates=replicates,
            max_unpacked_bytes=submission.max_bytes * UNPACKED_PER_BYTE,
            max_rows=MAX_ROWS,
            code=self.code,
            numbers=None if self.code is None else self._numbers(),
        )

    def _sides(self, phase: str) -> str | None:
        named = self.phase(phase).usage
        return None if named is None else str(self.path / named)

    def _numbers(self) -> tuple[str, ...]:
        ids = self.definition.submission.id_columns
        return number_columns(self.sample, tuple(name for name in self.header if name not in ids))

    def _labels(self, phase: str) -> tuple[str, ...] | None:
        """Return the labels declared, or the sample's where they are all that can be right."""
        declared = self.definition.submission.labels
        if declared is not None:
            return tuple(declared)
        targets = [
            name for name in self.header if name not in self.definition.submission.id_columns
        ]
        scoring = self.definition.scoring
        if self.code is not None:
            return None
        kinds = get_scorer(scoring.scorer, **scoring.params).kinds
        read = scoring.input or InputKind.LABELS
        if read != InputKind.LABELS or InputKind.LABELS not in kinds or len(targets) != 1:
            return None
        shown = _values(self.sample, targets[0])
        hidden = _values(self.solution_of(phase).path, targets[0])
        return sort_labels(shown) if hidden and hidden <= shown else None

    def _seed(self, phase: str, purpose: str) -> int:
        return seed_of(self.solution_of(phase).sha256, self.slug, phase, purpose)


def seed_of(solution: str, slug: str, phase: str, purpose: str) -> int:
    """Draw a seed that nobody without the solution can guess, in 31 bits for any database."""
    text = f"{solution}/{slug}/{phase}/{purpose}"
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") >> 1


def split_of(phase: PhaseDefinition) -> Split | None:
    """Return the column that decides a phase's split; None where chance alone does."""
    split = phase.split
    if split is None or split.column is None:
        return None
    return Split(split.by, split.column, None if split.public is None else tuple(split.public))


def _values(path: Path, column: str) -> set[str]:
    try:
        table = text_columns(path)
    except UnreadableTable:
        return set()
    return set(table[column].drop_nulls()) if column in table.columns else set()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
