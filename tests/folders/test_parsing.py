from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.folders.definition import Definition
from server.folders.faults import FolderFault, InvalidFolder
from server.folders.parsing import faults_of, parse_definition, read_toml
from server.folders.times import Clock

NOW = datetime(2026, 11, 21, 12, 30, 15, 999, tzinfo=UTC)
SMALLEST = """\
title = "Digits"
[submission]
sample = "data/sample_submission.csv"
[scoring]
scorer = "accuracy"
[[phases]]
slug = "a"
starts = 2026-11-01T00:00:00Z
ends = 2026-12-31T16:00:00Z
solution = "private/solution.csv"
"""


def faults(text: str, *, demo: bool = False) -> list[FolderFault]:
    text, document = read_toml(text.encode())
    _, _, problems = parse_definition(document, Clock(NOW, demo))
    return faults_of(problems, text)


def only_fault(text: str) -> FolderFault:
    (fault,) = faults(text)
    return fault


def definition(text: str, *, demo: bool = False) -> Definition:
    read, _, problems = parse_definition(read_toml(text.encode())[1], Clock(NOW, demo))
    assert read is not None, problems
    return read


def test_the_smallest_definition_gets_every_default() -> None:
    read = definition(SMALLEST)
    phase = read.phases[0]
    assert (read.visibility, read.submission.id_column, read.pages) == ("public", "id", None)
    assert (read.teams.max_size, read.teams.same_university, read.teams.join) == (4, True, "open")
    assert (phase.per_day, phase.total, phase.ranking) == (5, 100, "best")
    assert (phase.reveal, phase.select, phase.title) == ("at_end", 2, "A")
    assert (phase.public_fraction, phase.admit_top, read.baselines) == (None, None, [])


def test_a_time_with_an_offset_is_kept_in_utc() -> None:
    text = SMALLEST.replace("2026-12-31T16:00:00Z", "2027-01-01T00:00:00+08:00")
    assert definition(text).phases[0].ends == datetime(2026, 12, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("-20d", datetime(2026, 11, 1, 12, 30, 15, tzinfo=UTC)),
        ("+3d", datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)),
        ("-12h", datetime(2026, 11, 21, 0, 30, 15, tzinfo=UTC)),
        ("+90m", datetime(2026, 11, 21, 14, 0, 15, tzinfo=UTC)),
    ],
)
def test_a_demo_may_count_times_from_its_deployment(written: str, meant: datetime) -> None:
    text = SMALLEST.replace("2026-11-01T00:00:00Z", f'"{written}"')
    assert definition(text, demo=True).phases[0].starts == meant


def test_outside_a_demo_a_relative_time_is_refused() -> None:
    fault = only_fault(SMALLEST.replace("2026-11-01T00:00:00Z", '"-20d"'))
    assert (fault.line, fault.key) == (8, "phases[0].starts")
    assert "only a demo" in fault.message
    assert "2026-12-31T16:00:00Z" in fault.remedy


@pytest.mark.parametrize(
    ("written", "said", "remedy"),
    [
        ("2026-12-31T16:00:00", "no zone", "write 2026-12-31T16:00:00Z"),
        ("2026-12-31", "not a time", "Write 2026-12-31T00:00:00Z"),
        ('"2026-12-31T16:00:00Z"', "is text", "without quotes"),
        ("0206-12-31T16:00:00+08:00", "The year 206", "2026-12-31T16:00:00Z"),
        ("0001-01-01T00:00:00+08:00", "The year 1", "2026-12-31T16:00:00Z"),
        ("1767196800", "1767196800 is not a time", "2026-12-31T16:00:00Z"),
    ],
)
def test_a_time_that_could_be_misread_is_refused(written: str, said: str, remedy: str) -> None:
    fault = only_fault(SMALLEST.replace("2026-12-31T16:00:00Z", written))
    assert (fault.line, fault.key) == (9, "phases[0].ends")
    assert said in fault.message
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("text", "line", "message", "remedy"),
    [
        ('hots = "x"\n' + SMALLEST, 1, '"hots" at the top of the file', '"host"'),
        (SMALLEST + "per_dya = 3\n", 11, '"per_dya" in [[phases]]', '"per_day"'),
        (
            SMALLEST.replace("[scoring]", "max_size = 3\n[scoring]"),
            4,
            '"max_size" in [submission]',
            "It belongs in [teams].",
        ),
        ("per_day = 3\n" + SMALLEST, 1, '"per_day" at the top', "It belongs in [[phases]]."),
        (SMALLEST + "zzzz = 3\n", 11, '"zzzz"', "Known: slug, title, starts"),
    ],
)
def test_an_unknown_key_is_answered_with_the_one_meant(
    text: str, line: int, message: str, remedy: str
) -> None:
    fault = only_fault(text)
    assert fault.line == line
    assert message in fault.message
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("per_day = 0", "per_day must be at least 1, not 0"),
        ("total = -1", "total must be at least 1, not -1"),
        ("select = 0", "select must be at least 1, not 0"),
        ("admit_top = 0", "admit_top must be at least 1, not 0"),
        ("public_fraction = 0", "public_fraction must be more than 0"),
        ("public_fraction = 1.0", "public_fraction must be less than 1"),
        ('per_day = "5"', 'per_day must be a whole number, not "5"'),
        ("per_day = true", "per_day must be a whole number, not true"),
        ('ranking = "bset"', "ranking can't be"),
        ('reveal = "never"', "reveal can't be"),
    ],
)
def test_a_value_that_a_phase_cannot_have_is_refused_on_its_line(extra: str, message: str) -> None:
    fault = only_fault(SMALLEST + extra + "\n")
    assert fault.line == 11
    assert message in fault.message
    assert fault.remedy


@pytest.mark.parametrize("text", ["two\\nlines", "nothing \\u0000 follows"])
def test_text_is_one_printable_line(text: str) -> None:
    fault = only_fault(SMALLEST.replace('"Digits"', f'"{text}"'))
    assert (fault.line, fault.key) == (1, "title")


@pytest.mark.parametrize("ranking", ["best", "latest", "selected", "ladder"])
def test_every_way_to_rank_can_be_written(ranking: str) -> None:
    read = definition(SMALLEST + f'ranking = "{ranking}"\n')
    assert read.phases[0].ranking == ranking


def test_a_metric_file_has_one_name() -> None:
    fault = only_fault(SMALLEST.replace('"accuracy"', '"my_metric.py"'))
    assert (fault.line, fault.key) == (5, "scoring.scorer")
    assert 'is called metric.py, not "my_metric.py"' in fault.message


def test_a_metric_file_is_not_shown_beside_another_scorer() -> None:
    fault = only_fault(SMALLEST.replace('"accuracy"', '"accuracy"\nalso = ["metric.py"]'))
    assert fault.key == "scoring.also[0]"
    assert "can't be shown beside another scorer" in fault.message


@pytest.mark.parametrize("slug", ["A", "a b", "a_b", "-a", "a--b", "a" * 61, "é"])
def test_a_slug_that_is_no_address_is_refused(slug: str) -> None:
    fault = only_fault(SMALLEST.replace('slug = "a"', f'slug = "{slug}"'))
    assert fault.key == "phases[0].slug"


@pytest.mark.parametrize("page", ["leaderboard", "universities", "submit", "submissions", "team"])
def test_a_page_may_not_take_the_name_of_a_tab(page: str) -> None:
    fault = only_fault(f'pages = ["overview", "{page}"]\n{SMALLEST}')
    assert fault.key == "pages[1]"
    assert "a tab that every challenge has" in fault.message


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = 'pages = [3]\nhots = "x"\n[submission]\nlabels = [1, "a"]\n[[phases]]\nslug = "A"\n'
    assert [(fault.line, fault.key) for fault in faults(text)] == [
        (None, "title"),
        (None, "scoring"),
        (1, "pages[0]"),
        (2, "hots"),
        (3, "submission.sample"),
        (4, "submission.labels[0]"),
        (5, "phases[0].starts"),
        (5, "phases[0].ends"),
        (5, "phases[0].solution"),
        (6, "phases[0].slug"),
    ]


def test_a_challenge_without_a_phase_is_refused() -> None:
    text = "phases = []\n" + SMALLEST.partition("[[phases]]")[0]
    assert only_fault(text).message == "phases is empty."


def test_single_brackets_for_a_phase_are_named() -> None:
    fault = only_fault(SMALLEST.replace("[[phases]]", "[phases]"))
    assert (fault.line, fault.remedy) == (6, "Write [[phases]].")


def test_what_can_be_read_of_a_wrong_definition_is_kept_for_further_checks() -> None:
    text = SMALLEST.replace("accuracy", "acc") + 'ranking = "bset"\n'
    _, draft, _ = parse_definition(read_toml(text.encode())[1], Clock(NOW))
    assert draft.scoring is not None
    assert draft.scoring.scorer == "acc"
    assert draft.phases[0] is not None
    assert draft.phases[0].solution == "private/solution.csv"


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        (b'title = "a"\nhost = Digits\n', 2, 8, "invalid value"),
        (b'title = "a"\ntitle = "b"\n', 2, 12, "cannot overwrite a value"),
        (b'title = "a"\npages = [\n  "x",\n', 3, None, "invalid"),
        (b'title = "a"\nhost = "\xff"\n', 2, None, "not UTF-8"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_line(
    content: bytes, line: int, column: int | None, message: str
) -> None:
    with pytest.raises(InvalidFolder) as refused:
        read_toml(content)
    (fault,) = refused.value.faults
    assert (fault.file, fault.line, fault.column) == ("challenge.toml", line, column)
    assert message in fault.message.lower().replace("not utf", "not UTF")


def test_the_mark_that_windows_editors_put_first_is_passed_over() -> None:
    _, document = read_toml(b"\xef\xbb\xbf" + SMALLEST.encode().replace(b"\n", b"\r\n"))
    assert document["title"] == "Digits"


def test_a_fault_says_file_line_key_and_remedy() -> None:
    fault = only_fault(SMALLEST.replace("[[phases]]", "[phases]"))
    assert str(fault) == (
        "challenge.toml, line 6, phases: phases is a list of tables. Write [[phases]]."
    )


VALUES = """3 | -1 | 0.5 | nan | true | "" | "a" | "metric.py" | "ladder" | "-20d" | [] | [1] | [[], {}]
    | {} | { a = 1 } | ["a", "a"] | 1979-05-27 | 07:32:00 | 2026-12-31T16:00:00 | "a\\u0000"
    | 9999-12-31T23:59:59-12:00 | 0001-01-01T00:00:00+12:00 | 99999999999999999999"""
VALUE = st.sampled_from(VALUES.split("|"))
KEYS = """title pages visibility submission submission.sample submission.id_column submission.labels
    submission.max_bytes scoring scoring.scorer scoring.params scoring.also teams.lock_at phases
    phases.slug baselines zzz.'a.b'.c"""
PHASE_KEYS = """slug title starts ends solution public_fraction per_day ranking select reveal admit_top
    zzz"""


@given(
    top=st.dictionaries(st.sampled_from(KEYS.split()), VALUE, max_size=6),
    phase=st.dictionaries(st.sampled_from(PHASE_KEYS.split()), VALUE, max_size=6),
)
def test_whatever_is_written_is_read_or_refused_with_a_place_and_a_remedy(
    top: dict[str, str], phase: dict[str, str]
) -> None:
    text = "".join(f"{key} = {value.strip()}\n" for key, value in top.items())
    text += "[[phases]]\n" + "".join(f"{key} = {value.strip()}\n" for key, value in phase.items())
    try:
        found = faults(text)
    except InvalidFolder as refused:
        found = list(refused.faults)
    assert all(fault.message and fault.remedy for fault in found)
    assert all(fault.line is not None or fault.message.endswith("is missing.") for fault in found)
