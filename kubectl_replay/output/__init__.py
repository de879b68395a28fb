"""Printers: pure functions from a result to text or data."""
