"""Logs carry no personal data: not in messages, not in tracebacks."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from pdi.socle.contexte import depuis
from pdi.socle.journalisation import epurer, formateur
from pdi.socle.models import EntreeJournal


def ligne(message: str, *args: object, exc_info=None) -> dict[str, str]:
    enregistrement = logging.LogRecord("essai", logging.WARNING, __file__, 1, message, args, exc_info)
    lue: dict[str, str] = json.loads(formateur().format(enregistrement))
    return lue


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("échec pour marie.curie+pdi@exemple.fr.", "échec pour [courriel]"),
        ("NIR 2840675123456 refusé", "NIR [numéro] refusé"),
        ("matricule 123456789012345", "matricule [numéro]"),
        ("fiche 2.1, 4 108 personnes, année 2026", "fiche 2.1, 4 108 personnes, année 2026"),
    ],
    ids=["courriel", "NIR 13", "matricule 15", "rien à retirer"],
)
def test_un_texte_est_epure(texte, attendu):
    assert epurer(texte).startswith(attendu)


@given(st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{2,8}\.(fr|org|gouv\.fr)", fullmatch=True), st.text(max_size=20))
def test_aucune_adresse_ne_reste(courriel, autour):
    assert courriel not in epurer(f"{autour} {courriel} {autour}")


def test_les_arguments_du_message_sont_epures():
    assert "exemple.fr" not in ligne("refusé : %s", "jeanne@exemple.fr")["event"]


def test_la_trace_d_une_exception_est_epuree():
    try:
        int("doublon sur jeanne@exemple.fr, NIR 284067512345678")
    except ValueError:
        sortie = ligne("échec", exc_info=sys.exc_info())
    assert "ValueError" in sortie["exception"]
    assert "jeanne@exemple.fr" not in str(sortie)
    assert "284067512345678" not in str(sortie)


@pytest.mark.django_db
def test_la_ligne_que_la_base_refuse_n_est_pas_repetee():
    refusee = {"objet_libelle": "DURAND Jeanne\nTexte libre", "objet_type": "x", "objet_id": "1", "verbe": None}
    try:
        with transaction.atomic():
            EntreeJournal.objects.create(**refusee)
    except IntegrityError:
        sortie = ligne("échec", exc_info=sys.exc_info())
    assert "not-null constraint" in sortie["exception"]
    assert "DURAND" not in str(sortie)
    assert "Texte libre" not in str(sortie)
    assert sortie["exception"].count("IntegrityError") == 1, "la suite de la trace est gardée"


def test_une_ligne_dit_l_ecran_et_la_requete():
    with depuis("actions:fiche", "abc123"):
        sortie = ligne("lent")
    assert (sortie["ecran"], sortie["requete"], sortie["level"]) == ("actions:fiche", "abc123", "warning")
