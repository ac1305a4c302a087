"""The social security number: its key, Corsica, what is stored, and that it never comes out."""

from __future__ import annotations

import importlib
import io
import json
import logging
import pkgutil

import pytest
from django.contrib import admin
from django.core import serializers
from django.forms.models import model_to_dict
from hypothesis import given
from hypothesis import strategies as st

import parcours
from parcours.models import Personne
from parcours.operations.identite import chiffrer_nir, enregistrer_nir, personnes_de_ce_nir
from parcours.regles.identite import cle_nir, nir_valide, normaliser_nir
from pdi.comptes.models import Role
from pdi.socle.chiffrement import dechiffrer
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.exports import Colonne
from pdi.socle.journalisation import formateur
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory

DEPARTEMENTS = [f"{n:02d}" for n in (*range(1, 20), *range(21, 96), 97, 98, 99)] + ["2A", "2B"]
NIR = "185057800608491"


@st.composite
def nirs(dessiner) -> str:
    """A NIR of 13 characters, Corsica included."""
    sexe, annee = dessiner(st.sampled_from("1278")), dessiner(st.integers(0, 99))
    mois, departement = dessiner(st.integers(1, 12)), dessiner(st.sampled_from(DEPARTEMENTS))
    commune, ordre = dessiner(st.integers(1, 990)), dessiner(st.integers(1, 999))
    return f"{sexe}{annee:02d}{mois:02d}{departement}{commune:03d}{ordre:03d}"


def test_les_exemples_de_reference() -> None:
    assert cle_nir("2550814168025") == 38  # worked example of the mandatory documents of the Assurance maladie
    assert nir_valide("2 55 08 14 168 025 38")
    assert cle_nir("180042A123456") == 97 - 1800419123456 % 97
    assert cle_nir("180042B123456") == 97 - 1800418123456 % 97


@given(nirs())
def test_treize_caracteres_ou_quinze_avec_la_seule_bonne_cle(nir) -> None:
    cle = cle_nir(nir)
    assert 1 <= cle <= 97
    assert nir_valide(nir)
    assert [k for k in range(100) if nir_valide(f"{nir}{k:02d}")] == [cle]


@given(nirs(), st.integers(0, 12), st.integers(1, 9))
def test_la_cle_voit_un_chiffre_change(nir, rang, ecart) -> None:
    if not nir[rang].isdigit() or (nir[5:7] in {"2A", "2B"} and rang == 5):
        return
    change = nir[:rang] + str((int(nir[rang]) + ecart) % 10) + nir[rang + 1 :]
    assert not nir_valide(f"{change}{cle_nir(nir):02d}")


@given(nirs(), st.sampled_from([" ", ".", "-", "\u00a0"]))
def test_la_presentation_ne_compte_pas(nir, separateur) -> None:
    presente = separateur.join([nir[0], nir[1:3], nir[3:5], nir[5:7], nir[7:10], nir[10:]]).lower()
    assert normaliser_nir(presente) == nir
    assert nir_valide(presente)


@given(st.text(max_size=20))
def test_une_saisie_quelconque_ne_casse_rien(saisie) -> None:
    assert nir_valide(saisie) in {True, False}


@pytest.mark.parametrize(
    "saisie", ["", "1", "18505780060849", "385057800608A", "185057800608436", "１８５０５７８００６０８４"]
)
def test_ce_qui_n_est_pas_un_nir(saisie) -> None:
    assert not nir_valide(saisie)


@pytest.fixture
def personne(db):
    return Personne.objects.create(nom_naissance="Exemple", prenoms="Alice", fictive=True)


@pytest.fixture
def administrateur(db):
    return UtilisateurFactory.create(role=Role.ADMINISTRATEUR)


def test_le_nir_est_chiffre_et_se_retrouve_par_son_empreinte(personne, administrateur) -> None:
    assert nir_valide(NIR), cle_nir(NIR[:13])
    enregistrer_nir(personne=personne, nir="1 85 05 78 006 084 91", par=administrateur)
    personne.refresh_from_db()
    assert dechiffrer(personne.nir_chiffre) == NIR
    assert NIR[:13].encode() not in bytes(personne.nir_chiffre)
    assert list(personnes_de_ce_nir(NIR[:13])) == list(personnes_de_ce_nir(NIR)) == [personne]
    enregistrer_nir(personne=personne, nir=" ", par=administrateur)
    personne.refresh_from_db()
    assert (personne.nir_chiffre, personne.nir_empreinte) == (None, None)


def test_un_nir_faux_est_refuse_sans_etre_repete(personne, administrateur) -> None:
    with pytest.raises(RegleMetier) as refus:
        enregistrer_nir(personne=personne, nir="185057800608400", par=administrateur)
    assert refus.value.champ == "nir"
    assert "185057800608400" not in refus.value.message
    with pytest.raises(RegleMetier):
        chiffrer_nir("n’importe quoi")


@pytest.mark.parametrize("role", [Role.PRESTATAIRE, Role.PILOTE, Role.DIRECTION, Role.REFERENT])
def test_qui_ne_suit_pas_la_personne_ne_saisit_pas_son_nir(personne, role) -> None:
    utilisateur = UtilisateurFactory.create(role=role, structure=StructureFactory.create())
    with pytest.raises(DroitInsuffisant):
        enregistrer_nir(personne=personne, nir=NIR, par=utilisateur)
    personne.refresh_from_db()
    assert personne.nir_chiffre is None


def test_le_nir_ne_sort_ni_en_texte_ni_dans_un_formulaire_ni_au_journal(personne, administrateur) -> None:
    enregistrer_nir(personne=personne, nir=NIR, par=administrateur)
    ecrits = [repr(personne), str(personne), repr(vars(personne)), json.dumps(model_to_dict(personne), default=str)]
    ecrits += [serializers.serialize("json", [personne])]
    ecrits += [repr(list(EntreeJournal.objects.values()))]
    assert not [texte for texte in ecrits if NIR[:13] in texte]
    assert "nir" not in " ".join(model_to_dict(personne))
    assert NIR[:13] not in personne.recherche


def test_le_nir_ne_sort_pas_dans_les_journaux(personne, administrateur) -> None:
    flux = io.StringIO()
    gestionnaire = logging.StreamHandler(flux)
    gestionnaire.setFormatter(formateur())
    racine = logging.getLogger()
    racine.addHandler(gestionnaire)
    try:
        try:
            enregistrer_nir(personne=personne, nir="1850578006084 00", par=administrateur)
        except RegleMetier:
            logging.getLogger("parcours").exception("refus de %s", "1 85 05 78 006 084 00")
        enregistrer_nir(personne=personne, nir=NIR, par=administrateur)
        logging.getLogger("parcours").warning("enregistré : %s %r", NIR, personne)
    finally:
        racine.removeHandler(gestionnaire)
    assert flux.getvalue().count('"event"') >= 2
    assert "1850578006084" not in flux.getvalue().replace(" ", "")


def test_aucun_export_ni_ecran_de_referentiel_ne_lit_le_nir() -> None:
    colonnes = []
    for module in pkgutil.walk_packages(parcours.__path__, "parcours."):
        if "export" in module.name:
            for valeur in vars(importlib.import_module(module.name)).values():
                if isinstance(valeur, tuple | list):
                    colonnes += [c for c in valeur if isinstance(c, Colonne)]
    assert not [c.titre for c in colonnes if "nir" in str(c.valeur) or "NIR" in c.titre]
    assert Personne not in admin.site._registry
