"""Metrics that an organiser wrote: read, run where they are confined, and scored by."""
