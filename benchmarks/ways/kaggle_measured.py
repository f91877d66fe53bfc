"""The way of a Kaggle metric in a process that has its libraries loaded."""

from benchmarks.ways.kaggle import score
from benchmarks.ways.measured import main

if __name__ == "__main__":
    main(score)
