"""A specification and numbers that are evaluated."""

import numpy as np

from scorers import (
    EvaluationSpec,
)

SPEC = EvaluationSpec(scorer="rmse", header=("id", "co2"), replicates=50)


def numbers(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(400, 10, n)
    return truth, truth + rng.normal(size=n)
