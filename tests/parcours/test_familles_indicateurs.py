"""Indicators that add up: a small part is not found again by the others; a frozen year is told the same everywhere."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from actions.registre import SECRET, trouver
from offre.indicateurs import NON_ALIMENTE
from parcours.indicateurs import FORMULES
from parcours.models import OriginePrescription, ReleveIndicateurs
from parcours.operations.indicateurs import compiler_indicateurs, geler_releve
from parcours.statistiques import familles
from parcours.statistiques.formule import Restriction, Valeur
from parcours.statistiques.lecture import Source, chiffres
from pdi.comptes.models import Role
from pdi.socle.masquage import SEUIL_INTERNE
from tests.fabriques import FicheFactory, UtilisateurFactory
from tests.fabriques_parcours import PersonneFactory, PrescriptionFactory

ANNEE = timezone.localdate().year - 1
PARTS = familles.PARTITIONS["prescriptions"]


def prescrire(**combien: int) -> None:
    personne = PersonneFactory.create()
    for origine, n in combien.items():
        PrescriptionFactory.create_batch(
            n, personne=personne, origine=origine, renseignee_le=datetime.date(ANNEE, 5, 4)
        )  # fmt: skip


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_aucune_part_cachee_ne_se_retrouve_par_difference(effectifs):
    total = Decimal(sum(effectifs))
    valeurs = {"prescriptions": Valeur(total)}
    valeurs |= {p: Valeur(Decimal(n), total) for p, n in zip(PARTS, effectifs, strict=True)}
    caches = familles.caches(valeurs)
    assert all(p in caches for p, n in zip(PARTS, effectifs, strict=True) if 0 < n < SEUIL_INTERNE)
    if "prescriptions" not in caches and caches:
        assert len(caches) > 1, "une seule part cachée est le total moins les autres"


def test_les_parts_sont_toutes_les_origines():
    assert {f"prescriptions_{o}" for o in OriginePrescription.values} == set(PARTS)
    assert {c for t, ps in familles.PARTITIONS.items() for c in (t, *ps)} <= {f.code for f in FORMULES}


@pytest.mark.django_db
def test_deux_fiches_ne_rendent_pas_ce_qu_une_troisieme_cache():
    prescrire(referent=30, prestataire=9, auto=2, plateforme=12)
    dits = {}
    for code in ("referent", "prestataire", "auto", "plateforme"):
        declaration: Any = trouver(f"prescriptions_{code}?terme=numerateur")
        termes = declaration.requete(None, ANNEE)[None]
        dits[code] = None if termes.texte or declaration.secrete(termes) else int(termes.numerateur)
    assert dits == {"referent": 30, "prestataire": None, "auto": None, "plateforme": 12}
    masques = chiffres(Source.de(ANNEE), FORMULES, Restriction(), masquer=True)
    assert {p: masques[p].masque for p in PARTS} == {
        "prescriptions_referent": False, "prescriptions_prestataire": True, "prescriptions_auto": True,
        "prescriptions_plateforme": False,
    }  # fmt: skip
    seule = chiffres(Source.de(ANNEE), [f for f in FORMULES if f.code == "prescriptions_prestataire"], Restriction(),
                     masquer=True)  # fmt: skip
    assert seule["prescriptions_prestataire"].masque, "seul sur sa page, il reste caché"


@pytest.mark.django_db
def test_une_annee_gelee_se_lit_pareil_sur_la_fiche_et_dans_l_observatoire():
    gestion = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    prescrire(referent=30)
    compiler_indicateurs(programme=None, annee=ANNEE, par=gestion)
    geler_releve(annee=ANNEE, par=gestion)
    prescrire(referent=3)
    declaration: Any = trouver("prescriptions")
    assert declaration.requete(None, ANNEE)[None].numerateur == 30
    releve = ReleveIndicateurs.objects.get(annee=ANNEE, gele_le__isnull=False)
    assert declaration.origine(ANNEE) == f"chiffre gelé le {timezone.localtime(releve.gele_le):%d/%m/%Y}"
    releve.delete()
    assert declaration.requete(None, ANNEE)[None].numerateur == 33
    assert not declaration.origine(ANNEE)


@pytest.mark.django_db
def test_une_fiche_que_rien_n_alimente_ne_dit_pas_zero():
    fiche = FicheFactory.create()
    declaration: Any = trouver("forum-rencontres@fiche")
    assert declaration.requete(fiche.programme, ANNEE)[fiche.pk].texte == NON_ALIMENTE != SECRET
