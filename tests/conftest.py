"""Shared fixtures. See tests/greffons/ for the servers, the Celery worker and the browser."""

from __future__ import annotations

from hypothesis import settings as reglages_hypothesis

pytest_plugins = ["tests.greffons.serveurs", "tests.greffons.travailleur", "tests.greffons.navigateur"]

# Speed is measured by `make bench`, never asserted: no deadline on an example.
reglages_hypothesis.register_profile("pdi", deadline=None, print_blob=True)
reglages_hypothesis.load_profile("pdi")
