"""The rules of a version in preparation are written by form, checked against the questionnaire, put in order."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from parcours.models import JeuRegles
from parcours.operations.referentiels import charger_referentiels
from parcours.operations.regles_jeu import SaisieRegle, enregistrer_regle
from parcours.operations.regles_orientation import preparer_version
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from tests.fabriques import UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jeu(client: Client) -> JeuRegles:
    charger_referentiels(dossier=settings.DOSSIER_DONNEES / "parcours")
    admin = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    client.force_login(admin)
    return preparer_version(jeu=JeuRegles.objects.get(code="rueil"), par=admin)


def regle(jeu: JeuRegles, ordre: int = 1) -> Any:
    return jeu.regles.get(ordre=ordre)


def ecran(jeu: JeuRegles, lue: Any = None) -> str:
    if lue is None:
        return reverse("parcours:jeu_regle_nouvelle", args=[jeu.pk])
    return reverse("parcours:jeu_regle", args=[jeu.pk, lue.pk])


def saisie(*criteres: dict[str, Any], **plus: Any) -> dict[str, Any]:
    donnees: dict[str, Any] = {
        "explication": "Une situation passe avant l’emploi.", "type": "social", "organisme": "",
        "criteres-TOTAL_FORMS": len(criteres), "criteres-INITIAL_FORMS": 0,
    } | plus  # fmt: skip
    for rang, critere in enumerate(criteres):
        donnees |= {f"criteres-{rang}-{cle}": valeur for cle, valeur in critere.items()}
    return donnees


def est(*reponses: str, **plus: Any) -> dict[str, Any]:
    return {"operateur": "situations", "reponses": list(reponses), "nombre": 1, "dit": "c’est écrit"} | plus


def test_chaque_regle_s_ouvre_et_se_renvoie_sans_changer(client: Client, jeu: JeuRegles) -> None:
    """The form holds every criterion of the first rule set: sent back untouched, it says the same thing."""
    for lue in jeu.regles.all():
        page = client.get(ecran(jeu, lue))
        formulaires = page.context["criteres"].forms
        lignes = [{c: f[c].value() for c in f.fields if c != "DELETE" and f[c].value() not in (None, "")}
                  for f in formulaires if f.initial]  # fmt: skip
        tete = {c: page.context["form"][c].value() for c in ("explication", "type", "organisme")}
        if lue.par_defaut:
            tete["par_defaut"] = "on"
        donnees = saisie(*lignes, **tete) | {"criteres-INITIAL_FORMS": len(lignes)}
        # Unchanged initial rows are kept: what is compared is the rule, not the request.
        avant = lue.criteres
        reponse = client.post(ecran(jeu, lue), donnees)
        fautes = (
            ""
            if reponse.status_code == 302
            else str(reponse.context["criteres"].errors) + str(reponse.context["form"].errors)
        )
        assert reponse.status_code == 302, (lue.ordre, fautes)
        lue.refresh_from_db()
        assert lue.criteres == avant


def test_une_regle_ajoutee_vient_avant_celle_par_defaut(client: Client, jeu: JeuRegles) -> None:
    combien = jeu.regles.count()
    assert client.post(ecran(jeu), saisie(est("logement:sans", "logement:menace"))).status_code == 302
    regles = list(jeu.regles.order_by("ordre"))
    assert len(regles) == combien + 1
    assert regles[-1].par_defaut
    assert regles[-2].criteres == [{"theme": "logement", "situations": ["sans", "menace"], "dit": "c’est écrit"}]
    assert "Logement" in client.get(jeu.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("critere", "message"),
    [
        (est(), "Choisissez au moins une réponse"),
        (est("logement:sans", "sante:rqth"), "faites un critère par question"),
        (est("logement:chateau"), "chateau"),
        ({"operateur": "niveau_min", "nombre": 2, "niveau": "", "dit": "deux freins"}, "Choisissez un niveau"),
        (est("logement:sans", dit=""), "obligatoire"),
    ],
    ids=["sans-reponse", "deux-questions", "inconnue", "sans-niveau", "sans-raison"],
)
def test_un_critere_illisible_se_dit_aussitot(client: Client, jeu: JeuRegles, critere: Any, message: str) -> None:
    avant = list(jeu.regles.values_list("criteres", flat=True))
    reponse = client.post(ecran(jeu, regle(jeu)), saisie(critere))
    assert reponse.status_code == 422
    assert message in reponse.content.decode()
    assert list(jeu.regles.values_list("criteres", flat=True)) == avant


def test_les_regles_se_deplacent_et_se_retirent(client: Client, jeu: JeuRegles) -> None:
    premiere, deuxieme = regle(jeu, 1), regle(jeu, 2)
    geste = reverse("parcours:jeu_regle_geste", args=[jeu.pk, deuxieme.pk])
    client.post(geste, {"geste": "monter"})
    assert list(jeu.regles.order_by("ordre").values_list("pk", flat=True))[:2] == [deuxieme.pk, premiere.pk]
    client.post(geste, {"geste": "supprimer"})
    assert not jeu.regles.filter(pk=deuxieme.pk).exists()


def test_une_version_appliquee_ne_change_plus(client: Client, jeu: JeuRegles) -> None:
    appliquee = JeuRegles.objects.get(code="rueil", version=1)
    assert client.get(ecran(appliquee, regle(appliquee))).headers["Location"] == appliquee.get_absolute_url()
    with pytest.raises(RegleMetier, match="préparez la version suivante"):
        enregistrer_regle(
            jeu=appliquee.pk, saisie=SaisieRegle("x", "social", "", par_defaut=True, criteres=[]),
            par=UtilisateurFactory.create(role=Role.ADMINISTRATEUR),
        )  # fmt: skip
