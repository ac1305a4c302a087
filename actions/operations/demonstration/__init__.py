"""Fictitious follow-up of the demonstration: values, progress, funding, campaigns. Deterministic, marked as such."""
