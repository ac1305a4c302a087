"""Settings of the measured server: those of the tests, plus one bare authenticated view as a baseline."""

from __future__ import annotations

from pdi.settings.test import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
