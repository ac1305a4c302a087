"""Pure rules of the third storey."""
