"""The servers of the test run itself, and the watcher that stops them."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_la_base_est_un_vrai_postgresql():
    with connection.cursor() as curseur:
        curseur.execute("SELECT version(), current_database()")
        version, base = curseur.fetchone()
    assert version.startswith("PostgreSQL")
    assert base.startswith("test_")


@pytest.mark.parametrize("tour", ["premier", "second"])
def test_le_cache_d_un_test_ne_passe_pas_au_suivant(tour):
    assert cache.get("cle") is None
    cache.set("cle", tour)
    assert cache.get("cle") == tour
