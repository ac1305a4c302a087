"""Documents of the second storey."""
