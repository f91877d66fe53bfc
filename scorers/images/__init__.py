"""Metrics of masks, boxes and key points."""
