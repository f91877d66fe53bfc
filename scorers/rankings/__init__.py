"""Metrics of ranked items."""
