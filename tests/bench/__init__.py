"""Measures, never assertions: run by `make bench`."""
