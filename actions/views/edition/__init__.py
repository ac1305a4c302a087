"""Screens that write programmes, fiches, indicators and their follow-up."""
