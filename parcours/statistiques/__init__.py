"""Statistics about people: formulas, the engine that runs them by sets, frozen values, variants for fiches."""
