"""Metrics of forecasts and of predicted quantiles."""
