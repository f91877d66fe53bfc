"""How fast is a score? `python -m benchmarks.scoring` (an hour, and 4 GB of disk).

Side by side on the same files: Varsity's whole path (read, check, align, score, 400 resamples on
both boards), the Kaggle way (pandas reads and merges, scikit-learn scores, no check, no interval),
the Codabench way (a fresh Python process a file), and the floors: the fastest parser alone, the
bytes alone. `--rows 10000 1000000 --metrics roc_auc --ids integer --orders shuffled` measures a
part; `--print` leaves results.md alone.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.results import load_average, write_section
from benchmarks.scoring_files import IDS, METRICS, ORDERS, Case
from benchmarks.scoring_report import report
from benchmarks.scoring_stream import Stream, measure_stream
from benchmarks.scoring_ways import Measured, measure

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
STREAM_ROWS = 10_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--metrics", nargs="+", choices=METRICS, default=METRICS)
    parser.add_argument("--ids", nargs="+", choices=IDS, default=IDS)
    parser.add_argument("--orders", nargs="+", choices=ORDERS, default=ORDERS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-stream", action="store_true", help="leave out the worker's rate")
    parser.add_argument("--print", action="store_true", help="leave results.md alone")
    return parser.parse_args()


def main() -> None:
    chosen, load = arguments(), load_average()
    cases = [Case(m, i, o) for m in chosen.metrics for i in chosen.ids for o in chosen.orders]
    measured: list[Measured] = []
    streams: list[Stream] = []
    with tempfile.TemporaryDirectory(prefix="varsity-benchmark-") as folder:
        for rows in chosen.rows:
            for case in cases:
                measured.append(measure(case, rows, Path(folder), chosen.repeats))
                print(f"{rows:,} {case.title}: {measured[-1].ways}", file=sys.stderr, flush=True)
        if not chosen.no_stream:
            for metric in chosen.metrics:
                case = Case(metric, "integer", "in order")
                streams.append(measure_stream(case, STREAM_ROWS, Path(folder) / "stream"))
    text = report(measured, streams, load, chosen.repeats)
    print(text) if chosen.print else write_section("Fast", text)


if __name__ == "__main__":
    main()
