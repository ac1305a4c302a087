"""Pure rules of the offer."""
