"""What terms say that a row counting twice does to a value, beside what it does."""

import numpy as np


def by_terms(scorer, truth, prediction, row: int) -> float:
    """The change that the terms give when a row counts twice."""
    terms = scorer.terms(truth, prediction)
    everything = terms.grouped(np.zeros(len(truth), dtype=np.int64), 1)
    alone = terms.grouped((np.arange(len(truth)) != row).astype(np.int64), 2)[:1]
    sums = everything + alone
    return float(terms.finish(sums[:, :-1], sums[:, -1])[0]) - terms.value()


def in_truth(scorer, truth, prediction, row: int) -> float:
    """The change of the value when a row counts twice."""
    rows = np.append(np.arange(len(truth)), row)
    return scorer.score(truth[rows], prediction[rows]) - scorer.score(truth, prediction)
