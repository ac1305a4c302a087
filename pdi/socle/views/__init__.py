"""Views of the ground floor: jobs, notices, journal."""
