"""A metric file is read without being run, and every mistake in it has its line."""

import pytest

from scorers.errors import InvalidParameter
from scorers.metric_files.file import InvalidMetric, Signature, read_metric

OURS = "def score(truth, prediction, *, beta: float = 1.0, names: list[str] | None = None): ...\n"
KAGGLE = (
    "def score(solution, submission, row_id_column_name: str, k: int, strict: bool = True): ...\n"
)


def test_it_says_its_signature_direction_and_title():
    metric = read_metric('title = "Hits"\nhigher_is_better: bool = False\n' + OURS)
    assert (metric.signature, metric.title) == (Signature.OURS, "Hits")
    assert (metric.higher_is_better, metric.says_direction) == (False, True)


def test_kaggles_signature_is_known_and_says_no_direction():
    metric = read_metric(KAGGLE)
    assert metric.signature is Signature.KAGGLE
    assert (metric.higher_is_better, metric.says_direction) == (True, False)
    assert metric.title == "metric.py"


def test_reading_it_runs_nothing(capsys):
    read_metric("print('ran')\nraise SystemExit\n" + OURS)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1\n", "has no function “score”. Expected is def score(truth, prediction, ...)"),
        ("async def score(truth, prediction): ...\n", "has no function “score”"),
        ("\ndef score(a, b): ...\n", "line 2: score takes a, b. Expected"),
        ("def score(): ...\n", "line 1: score takes nothing"),
        ("def score(truth, prediction, beta=1): ...\n", "give the parameter “beta” a type"),
        ("def score(truth, prediction, **more): ...\n", "without * and **"),
        ("def score(truth, prediction, *more): ...\n", "without * and **"),
        ("x = (\n", "line 1: this is not Python: '(' was never closed"),
        ("\0", "this is not Python"),
        (f"higher_is_better = 1 > 0\n{OURS}", "line 1: higher_is_better must be written out"),
        (f'higher_is_better = "yes"\n{OURS}', "write higher_is_better = True"),
        (f"title = 3\n{OURS}", "title must be one line of text"),
        (f'title = "a\\nb"\n{OURS}', "title must be one line of text"),
        ("#" * 1_000_001, "more than 1,000,000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_line(source, told):
    with pytest.raises(InvalidMetric) as error:
        read_metric(source)
    assert told in str(error.value)


def test_parameters_are_checked_by_their_annotations():
    assert read_metric(KAGGLE).bind({"k": 3}) == {"k": 3}
    assert read_metric(OURS).bind({"beta": 2, "names": ["a"]}) == {"beta": 2.0, "names": ["a"]}


@pytest.mark.parametrize(
    ("source", "params", "told"),
    [
        (OURS, {"bata": 1.0}, "metric.py has no parameter “bata”. Did you mean “beta”?"),
        (OURS, {"beta": "1"}, "metric.py: beta = '1' is not allowed; expected a number."),
        (OURS, {"beta": True}, "expected a number."),
        (OURS, {"names": "a"}, "expected a list."),
        (KAGGLE, {}, "metric.py needs the parameter “k”: a whole number."),
        (KAGGLE, {"k": 2.5}, "expected a whole number."),
        (KAGGLE, {"k": 2, "strict": 1}, "expected true or false."),
    ],
)
def test_a_wrong_parameter_is_told_with_the_nearest(source, params, told):
    with pytest.raises(InvalidParameter) as error:
        read_metric(source).bind(params)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("annotation", "value", "taken"),
    [
        ("Optional[int]", 3, True),
        ("Optional[int]", "3", False),
        ("typing.Optional[str]", "a", True),
        ("int | str", "a", True),
        ("int | str", 1.5, False),
        ("'float'", 1.5, True),
        ("tuple[int, ...]", [1, 2], True),
        ("dict[str, float]", {"a": 1.0}, True),
        ("dict[str, float]", [1], False),
        ("Literal['a', 'b']", "whatever", True),
        ("SomethingOfItsOwn", [1], True),
    ],
)
def test_annotations_are_understood_and_unknown_ones_take_anything(annotation, value, taken):
    metric = read_metric(f"def score(truth, prediction, p: {annotation}): ...\n")
    if taken:
        assert metric.bind({"p": value}) == {"p": value}
    else:
        with pytest.raises(InvalidParameter):
            metric.bind({"p": value})


def test_the_version_names_the_text():
    assert read_metric(OURS).version == read_metric(OURS).version != read_metric(KAGGLE).version
