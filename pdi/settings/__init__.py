"""Settings: base, then dev, test or prod."""
