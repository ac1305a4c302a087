"""Forms of governance, one module per screen family."""
