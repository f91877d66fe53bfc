"""Whether the ladder of a phase can tell an improvement from noise."""

from scorers.ladder import Form, rung_of
from scorers.sentences import known, sentence
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
    said = sentence(
        "Phase %(phase)s: no file could be scored, so its ladder was not tried.", phase=phase.slug
    )
    remedy = sentence("Correct the sample, or add a baseline.")
    return Finding(Level.WARNING, said, remedy, "ladder")


def _form_of_ladder(phase: PhaseDefinition, form: Form | None, method: str) -> Finding:
    if form is Form.LOSSES:
        said = sentence(
            "Phase %(phase)s: its ladder tells an improvement from noise by the losses of the test"
            " rows, of which the metric is a mean.",
            phase=phase.slug,
        )
        return passed(said, "ladder")
    if form is Form.REPLICATES:
        said = sentence(
            "Phase %(phase)s: its ladder tells an improvement from noise by resamples of the test"
            " rows: the metric is no mean of losses of rows.",
            phase=phase.slug,
        )
        return passed(said, "ladder")
    said = sentence(
        "Phase %(phase)s: its ladder can't tell an improvement from noise (%(method)s).",
        phase=phase.slug,
        method=known(method),
    )
    remedy = sentence('Write ranking = "best", "latest" or "selected", or choose another metric.')
    return Finding(Level.ERROR, said, remedy, "ladder")
