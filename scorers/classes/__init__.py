"""Metrics of labels and of what is predicted for them."""
