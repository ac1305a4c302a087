"""The test tools themselves: a real worker, a real browser, messages one can act on."""

from __future__ import annotations

import pytest

from pdi.celery import app
from tests.navigateur import verifier_axe, verifier_largeur

PAGE = '<html lang="fr"><head><title>Essai</title></head><body><main><h1>Essai</h1>{corps}</main></body></html>'


@pytest.mark.celery
def test_un_vrai_travailleur_repond_et_revient_apres_un_crash(worker_celery):
    assert app.control.ping(timeout=5, limit=1)
    premier = worker_celery.pid
    worker_celery.tuer()
    worker_celery.demarrer()
    assert worker_celery.pid != premier
    assert app.control.ping(timeout=5, limit=1)


@pytest.mark.navigateur
def test_axe_accepte_une_page_correcte_et_nomme_une_faute(page):
    page.set_content(PAGE.format(corps="<p>Bonjour</p>"))
    verifier_axe(page)
    page.set_content(PAGE.format(corps='<img src="data:,">'))
    with pytest.raises(AssertionError, match="image-alt"):
        verifier_axe(page)


@pytest.mark.navigateur
def test_un_debordement_a_320_px_est_vu(page_telephone):
    page_telephone.set_content(PAGE.format(corps='<div style="width: 900px">large</div>'))
    with pytest.raises(AssertionError, match="déborde"):
        verifier_largeur(page_telephone)
