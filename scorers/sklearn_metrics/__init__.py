"""Any function of `sklearn.metrics` as a scorer."""
