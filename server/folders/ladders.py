"""Whether the ladder of a phase can tell an improvement from noise."""

from scorers.ladder import Form, rung_of
from server.folders.definition import PhaseDefinition
from server.folders.findings import Finding, Level, passed
from server.folders.scored import Scored


def on_ladder(scored: Scored, phase: PhaseDefinition) -> Finding:
    """Say by what the ladder tells an improvement from noise: what the scorer gives decides."""
    folder = scored.folder
    files = [b.path for b in folder.baselines if b.phase == phase.slug]
    for file in [*files, folder.sample]:
        result = scored.known(phase.slug, file)
        if result is not None and result.public is not None:
            board = result.public
            return _form_of_ladder(phase, rung_of(board).form, board.method)
    said = f"Phase {phase.slug}: no file could be scored, so its ladder was not tried."
    return Finding(Level.WARNING, said, "Correct the sample, or add a baseline.", "ladder")


def _form_of_ladder(phase: PhaseDefinition, form: Form | None, method: str) -> Finding:
    said = f"Phase {phase.slug}: its ladder tells an improvement from noise by"
    if form is Form.LOSSES:
        return passed(
            f"{said} the losses of the test rows, of which the metric is a mean.", "ladder"
        )
    if form is Form.REPLICATES:
        how = "resamples of the test rows: the metric is no mean of losses of rows."
        return passed(f"{said} {how}", "ladder")
    said = f"Phase {phase.slug}: its ladder can't tell an improvement from noise ({method})."
    remedy = 'Write ranking = "best", "latest" or "selected", or choose another metric.'
    return Finding(Level.ERROR, said, remedy, "ladder")
