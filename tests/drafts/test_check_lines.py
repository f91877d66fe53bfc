"""A draft is checked as `varsity check` checks a folder, to the last line."""

import json

from server.drafts.looking import check_in_child
from server.folders.scaffold import new_challenge
from server.preflight.report import Line
from tests.cast import NOON


def test_a_draft_gets_the_whole_report(tmp_path):
    folder = new_challenge("wines", now=NOON, parent=tmp_path).path
    found = json.loads(check_in_child(str(folder), NOON.isoformat(), 10_000_000))
    lines = [Line.from_dict(line) for line in found["lines"]]
    codes = {line.code for line in lines}
    assert {"detectable", "probing", "shake-up", "split", "order", "leaks", "terms"} <= codes
    assert not found["trace"]


def test_a_mistake_in_the_folder_is_told_by_its_place(tmp_path):
    folder = new_challenge("wines", now=NOON, parent=tmp_path).path
    definition = folder / "challenge.toml"
    definition.write_text(definition.read_text("utf-8").replace("public_fraction", "publik"))
    found = json.loads(check_in_child(str(folder), NOON.isoformat(), 10_000_000))
    (fault,) = found["faults"]
    assert fault["key"] == "phases[0].publik"
