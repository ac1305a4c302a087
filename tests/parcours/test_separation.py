"""A merge undone: everything goes back where it was, while nothing was written since; else a clear refusal."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import serializers
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from parcours.models import Consultation, Fusion, Orientation, Personne, PersonnesDistinctes
from parcours.operations.fusion import fusionner, lignes_de
from parcours.operations.identite import enregistrer_nir
from parcours.operations.personnes import modifier_contacts
from parcours.operations.separation import separer
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    ContratFactory,
    DiagnosticFactory,
    EntretienFactory,
    PersonneFactory,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
MOTIF = "Deux sœurs, reçues ensemble"
HORS = {"version", "recherche", "nir_chiffre"}  # written by the way back itself, or not comparable


@pytest.fixture
def agent() -> Any:
    return UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)


def deux_vies() -> tuple[Personne, Personne]:
    """Two people taken for one: both lived a path, at times that overlap and at times that do not."""
    une = personne_suivie(nom_naissance="Lefèvre", telephone="", entree=il_y_a(300))
    autre = personne_suivie(nom_naissance="Lefevre", telephone="0600000001", entree=il_y_a(500))
    for personne in (une, autre):
        EntretienFactory.create(personne=personne)
        DiagnosticFactory.create(personne=personne, termine_le=timezone.now())
    AideFactory.create(personne=autre)
    ContratFactory.create(personne=autre, orientation=autre.orientations.get())
    enregistrer_nir(personne=autre, nir="2 85 03 91 123 456", par=None)
    return une, autre


def _a_la_milliseconde(valeur: Any) -> Any:
    """Return an instant as JSON keeps it."""
    if not isinstance(valeur, datetime.datetime):
        return valeur
    return valeur.replace(microsecond=valeur.microsecond // 1000 * 1000)


def photo(*personnes: int) -> dict[str, Any]:
    """Everything two files hold, in plain values."""
    lu: dict[str, Any] = {}
    for pk in personnes:
        lues: list[Model] = [Personne.objects.get(pk=pk)]
        for lien in Personne._meta.related_objects:
            modele: Any = lien.related_model
            if modele not in (Consultation, PersonnesDistinctes, Fusion):
                lues += modele._base_manager.filter(**{lien.field.name: pk}).order_by("pk")
        for ligne in serializers.serialize("python", lues):
            champs = {c: _a_la_milliseconde(v) for c, v in ligne["fields"].items() if c not in HORS}
            lu[f"{ligne['model']}:{ligne['pk']}"] = champs
    return lu


@pytest.mark.parametrize("sens", [1, -1], ids=["la-premiere-reste", "la-seconde-reste"])
def test_separer_rend_chaque_ligne_a_qui_elle_etait(agent, sens):
    une, autre = deux_vies()[::sens]
    PersonnesDistinctes.objects.create(
        premiere=min(autre, tierce := PersonneFactory.create(), key=lambda p: p.pk),
        seconde=max(autre, tierce, key=lambda p: p.pk), par=agent,
    )  # fmt: skip
    avant = photo(une.pk, autre.pk)
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    assert not Personne.objects.filter(pk=autre.pk).exists()
    rendue = separer(fusion=fusion, motif=MOTIF, par=agent)
    assert rendue.pk == autre.pk
    assert photo(une.pk, autre.pk) == avant
    assert {o.rang for o in Orientation.objects.filter(personne=rendue)} == {1}
    assert PersonnesDistinctes.objects.filter(premiere__in=(une.pk, autre.pk), seconde__in=(une.pk, autre.pk)).exists()
    assert PersonnesDistinctes.objects.count() == 2
    assert EntreeJournal.objects.filter(verbe="separer_personnes", par=agent, commentaire=MOTIF).exists()
    assert sum(bool(p.nir_empreinte) for p in Personne.objects.filter(pk__in=(une.pk, autre.pk))) == 1


def test_la_trace_ne_garde_pas_le_nir(agent):
    une, autre = deux_vies()
    empreinte = Personne.objects.get(pk=autre.pk).nir_empreinte
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    assert Personne.objects.get(pk=une.pk).nir_empreinte == empreinte
    assert "nir_chiffre" not in str(fusion.retour)
    assert str(empreinte) not in str(fusion.retour)


@pytest.mark.parametrize(
    ("ecrire", "dit"),
    [
        (lambda p, _: EntretienFactory.create(personne=p), "1 ligne « entretien » de plus"),
        (lambda p, a: modifier_contacts(personne=p, valeurs={"telephone": "0611111111"}, par=a), "a été modifié"),
        (lambda p, _: p.aides.all().delete(), "1 ligne « aide » de moins"),
    ],
    ids=["une-ligne-de-plus", "une-modification", "une-ligne-de-moins"],
)
def test_ce_qui_est_ecrit_depuis_empeche_et_le_dit(agent, client, ecrire, dit):
    une, autre = deux_vies()
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    ecrire(Personne.objects.get(pk=une.pk), agent)
    lignes = lignes_de(une.pk)
    with pytest.raises(RegleMetier, match=dit):
        separer(fusion=fusion, motif=MOTIF, par=agent)
    assert lignes_de(une.pk) == lignes
    client.force_login(agent)
    page = client.get(reverse("parcours:fusion_separer", args=[fusion.pk])).content.decode()
    assert "Cette fusion ne se défait plus" in page
    assert "Séparer les deux fiches" not in page


def test_consulter_la_fiche_n_empeche_rien_et_l_ecran_separe(agent, client):
    une, autre = deux_vies()
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    client.force_login(agent)
    assert client.get(une.get_absolute_url()).status_code == 200
    assert "LEFEVRE" in client.get(reverse("parcours:fusions")).content.decode()
    adresse = reverse("parcours:fusion_separer", args=[fusion.pk])
    assert client.post(adresse, {"motif": ""}).status_code == 422
    assert client.post(adresse, {"motif": MOTIF}).status_code == 302
    assert Personne.objects.filter(pk__in=(une.pk, autre.pk)).count() == 2
    with pytest.raises(RegleMetier, match="déjà séparées"):
        separer(fusion=fusion, motif=MOTIF, par=agent)


def test_qui_ne_fusionne_pas_ne_separe_pas(agent):
    une, autre = deux_vies()
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    with pytest.raises(DroitInsuffisant):
        separer(fusion=fusion, motif=MOTIF, par=UtilisateurFactory.create(role=Role.ENCADRANT))
