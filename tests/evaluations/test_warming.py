"""A child that waits scores a small file, so that the first real one is not its first."""

from server.evaluations import warming
from server.evaluations.scoring import Report, score_file


def test_what_a_child_warms_up_with_is_scored_on_both_boards(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(warming, "score_file", lambda *given: said.append(score_file(*given)))
    warming.warm_up(tmp_path)
    report = Report.model_validate_json(said[0])
    assert (report.outcome, report.public.rows, report.private.rows) == ("scored", 33, 17)
    assert report.public.replicates is not None
