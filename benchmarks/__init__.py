"""Measurements against other libraries: python -m benchmarks.nn and its neighbours."""
