"""Metrics of groupings."""
