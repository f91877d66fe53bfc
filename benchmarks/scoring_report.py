"""The section of results.md about the speed of a score: everything as ratios."""

from benchmarks.results import machine, table
from benchmarks.scoring_files import CLASSES, PUBLIC
from benchmarks.scoring_stream import Stream
from benchmarks.scoring_ways import Measured

_HEAD = [
    "",
    "Varsity s",
    "Kaggle way s",
    "Varsity / Kaggle way",
    "with 1,000 resamples",
    "CPU / Kaggle way",
    "/ Codabench way",
    "/ parser alone",
    "/ bytes alone",
    "peak MB",
    "peak / Kaggle way",
]
_MEGABYTE = 1 << 20


def report(measured: list[Measured], streams: list[Stream], load: float, repeats: int) -> str:
    """Return the section's body."""
    parts = [f"`python -m benchmarks.scoring`. {machine(load)}", _setting(repeats)]
    for rows in sorted({each.rows for each in measured}):
        lines = [_line(each) for each in measured if each.rows == rows]
        parts += [f"### {rows:,} rows", table(_HEAD, lines)]
    growth = _growth(measured)
    if growth:
        parts += ["### From 100,000 to 5,000,000 rows", _GROWTH, growth]
    if streams:
        parts += ["### In a warm worker", _STREAM, _streams(streams)]
    return "\n\n".join(parts)


def _setting(repeats: int) -> str:
    return (
        f"Each measurement in a process of its own, in turn, the least of {repeats}; start and "
        "imports excluded but for the Codabench way, files in the page cache. Varsity: read, "
        "check, align, score, 400 resamples and an interval on both boards "
        f"({PUBLIC:.0%} public). The Kaggle way: `pandas.read_csv` of both, merge on id, the same "
        "scikit-learn function on the public and on the private rows; it checks nothing and knows "
        "no interval. The Codabench way: the same in a fresh process that imports, scores, and "
        f"writes JSON. The scores are equal. Classes: {CLASSES}; string ids: 16 hexadecimal "
        "digits; decimals with all their digits. Peak: VmHWM, the libraries included."
    )


def _line(measured: Measured) -> list[str]:
    ours, kaggle = measured.ways["varsity"], measured.ways["kaggle"]
    others = [measured.ways[name].seconds for name in ("codabench", "parser", "bytes")]
    return [
        measured.case.title,
        f"{ours.seconds:.3f}",
        f"{kaggle.seconds:.3f}",
        f"**{ours.seconds / kaggle.seconds:.2f}**",
        f"{measured.ways['varsity_1000'].seconds / kaggle.seconds:.2f}",
        f"{ours.cpu / kaggle.cpu:.2f}",
        *(f"{ours.seconds / other:.2f}" for other in others),
        f"{ours.peak / _MEGABYTE:,.0f}",
        f"{ours.peak / kaggle.peak:.2f}",
    ]


_GROWTH = (
    "The time at 5,000,000 rows against 50 times the time at 100,000: 1 is linear growth, less is "
    "better. The Kaggle way for comparison."
)


def _growth(measured: list[Measured]) -> str:
    few = {each.case: each for each in measured if each.rows == 100_000}
    many = [each for each in measured if each.rows == 5_000_000 and each.case in few]
    lines = [
        [each.case.title, *(_against_linear(few[each.case], each, w) for w in _GROWING)]
        for each in many
    ]
    return table(["", "Varsity", "Kaggle way"], lines) if lines else ""


_GROWING = ("varsity", "kaggle")


def _against_linear(few: Measured, many: Measured, way: str) -> str:
    growth = many.ways[way].seconds / few.ways[way].seconds
    return f"{growth / (many.rows / few.rows):.2f}"


_STREAM = (
    "Through the worker's isolation, one child at a time, each forked anew with its limits. "
    "Waiting: a file that arrives when a child stands ready; in turn: file after file without a "
    "pause, the fork included. Against the Codabench way, a fresh process for each."
)


def _streams(streams: list[Stream]) -> str:
    head = [
        "",
        "waiting ms",
        "with 1,000 resamples ms",
        "Codabench way ms",
        "Codabench way / waiting",
        "in turn, files/s",
        "Codabench way, files/s",
    ]
    return table(head, [_stream_line(each) for each in streams])


def _stream_line(stream: Stream) -> list[str]:
    return [
        f"{stream.case.title}, {stream.rows:,} rows",
        *(f"{s * 1000:,.0f}" for s in (stream.waiting, stream.waiting_1000, stream.fresh)),
        f"**{stream.fresh / stream.waiting:.1f}**",
        f"{1 / stream.in_turn:.1f}",
        f"{1 / stream.fresh:.2f}",
    ]
