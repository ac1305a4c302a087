"""One prescription, from the person's page to the operator, the convention, its costs and the fiche: typed once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import registre
from offre import calculs
from offre.models import MontantConvention
from parcours.models import Prescription, ResultatPrescription
from pdi.comptes.models import Role
from tests.fabriques import ProgrammeFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, ObjectifFactory, annee
from tests.fabriques_parcours import (
    OffreFactory,
    ReferentielSortieFactory,
    TypeSortieFactory,
    personne_suivie,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def convention(operateur):
    """One offer, four places, 8 000 €; three objectives of the year that nobody fills by hand."""
    convention = ConventionFactory.create(
        operateur=operateur, offres=[OffreFactory.create(numero="9.9", operateurs=[operateur])],
        regles=[{"type": "places", "quantite": "4", "libelle": ""}],
    )  # fmt: skip
    MontantConvention.objects.create(convention=convention, annee=annee(), financeur=operateur, prevu=8000)
    for code in ("entrees", "occupation", "retour-emploi"):
        ObjectifFactory.create(convention=convention, calcul=code, libelle=code, cible=10)
    return convention


def prescription_menee_a_son_terme(client, convention, operateur) -> Prescription:
    """Prescribe, send, answer, enter and end, each by who does it, through the screens."""
    jour, offre = timezone.localdate(), convention.offres.get()
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    personne = personne_suivie(referent=referent)
    emploi = TypeSortieFactory.create(referentiel=ReferentielSortieFactory.create(duree_min_jours=0), emploi=True)
    client.force_login(referent)
    saisie = {"operateur": operateur.pk, "origine": "referent", "motivation": "Un métier.", "transmettre": "on"}
    client.post(reverse("parcours:prescription_creer", args=[personne.pk, offre.pk]), saisie)
    lue = Prescription.objects.get()
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur))
    client.post(reverse("parcours:prescription_geste", args=[lue.pk, "repondre"]), {"reponse": "retenue"})
    client.post(reverse("parcours:prescription_geste", args=[lue.pk, "entrer"]), {"le": jour.isoformat()})
    fin = {
        "type": emploi.pk,
        "date": jour.isoformat(),
        "resultat": ResultatPrescription.values[0],
        "bilan": "Embauché.",
    }
    client.post(reverse("parcours:sortie_action", args=[lue.pk]), fin)
    lue.refresh_from_db()
    return lue


def test_une_prescription_remplit_tout_ce_qui_la_compte(client, convention, operateur):
    lue = prescription_menee_a_son_terme(client, convention, operateur)
    assert (lue.etat, lue.sortie.type.emploi) == ("achevee", True)
    codes = ("prescriptions-recues", "entrees", "occupation", "retour-emploi", "cout-entree", "cout-sortie-emploi")
    lus = calculs.calculer(codes, [convention.pk], annee())
    valeurs = {code: lus[code][convention.pk].valeur for code in codes}
    assert valeurs == {
        "prescriptions-recues": 1, "entrees": 1, "occupation": 25, "retour-emploi": 100, "cout-entree": 8000,
        "cout-sortie-emploi": 8000,
    }  # fmt: skip
    page = client.get(convention.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert "25 %" in page, "the operator reads it on its convention"
    programme = ProgrammeFactory.create(annee_debut=annee(), annee_fin=annee())
    for code in ("prescriptions", "participants"):
        indicateur = registre.trouver(f"{code}?offre=9.9") or registre.trouver(code)
        assert indicateur is not None
        termes = list(indicateur.requete(programme, annee()).values())
        assert any(1 in (t.numerateur, t.denominateur) for t in termes), code
    client.force_login(UtilisateurFactory.create(role=Role.ADMINISTRATEUR))
    pilotage = client.get(reverse("parcours:gestion_offre")).context["page"]
    (ligne,) = pilotage.conventions
    assert [c.valeur for c in ligne.chiffres] == [25, 2000, 8000, 8000]
    assert sum(x.prescriptions or 0 for x in pilotage.par_origine) == 1
    assert pilotage.jamais == []
