"""Views of structures: reading, writing."""
