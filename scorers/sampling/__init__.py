"""Resamples, what metrics are summed from, and the intervals that come of both."""
