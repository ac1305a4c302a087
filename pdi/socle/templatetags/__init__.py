"""Template library."""
