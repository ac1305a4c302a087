"""Lines of letters: written and read by those who follow or supervise; a lot belongs to who prepared it."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from parcours.models import Courrier, LotCourriers, ModeleCourrier
from pdi.comptes.models import Role
from tests.fabriques_parcours import TOUJOURS, personne_suivie

from .table import Ligne, statuts

ECRIRE = statuts(403, encadrant=200, referent=200, agent_orientation=200, prestataire=404)
LIRE = statuts(403, encadrant=200, referent=200, agent_orientation=200)
LIRE_AUTRE = statuts(403, encadrant=200, referent=404, agent_orientation=200)
SON_LOT = statuts(403, encadrant=404, referent=200, agent_orientation=404)


def preparer(m: Any) -> None:
    """A letter to a person of the référent's portfolio, in a lot of the référent; a letter to somebody else's."""
    modele = ModeleCourrier.objects.create(
        code="invitation", nature="invitation", intitule="Invitation", objet="Bonjour", corps="Bonjour.",
        validite=TOUJOURS,
    )  # fmt: skip
    referent = m.qui(Role.REFERENT)
    m.modele_courrier = modele
    m.destinataire = personne_suivie(referent=referent)
    m.lot_courriers = LotCourriers.objects.create(modele=modele, par=referent)
    m.lot_courriers.fichier.save("lot.pdf", ContentFile(b"%PDF-1.7"))
    m.courriers = {}
    for nom, personne in (("sien", m.destinataire), ("autre", personne_suivie())):
        courrier = Courrier(
            personne=personne, modele=modele, par=referent, etat="pret", pages=1,
            contenu={
                "expediteur": [], "destinataire": [], "date": "2026-01-05", "objet": "", "paragraphes": [],
                "signataire": "", "fonction": "",
            },
        )  # fmt: skip
        courrier.fichier.save("courrier.pdf", ContentFile(b"%PDF-1.7"), save=False)
        courrier.save()
        m.courriers[nom] = courrier


def courrier(nom: str) -> Any:
    return lambda m: {"pk": m.courriers[nom].pk}


def lot(m: Any) -> dict[str, Any]:
    return {"pk": m.lot_courriers.pk}


MATRICE = [
    Ligne("parcours:courrier_nouveau", ECRIRE, objet=lambda m: {"pk": m.destinataire.pk}),
    Ligne(
        "parcours:courrier_nouveau", statuts(403, encadrant=302, referent=302, agent_orientation=302, prestataire=404),
        objet=lambda m: {"pk": m.destinataire.pk}, methode="POST",
        donnees=lambda m: {"modele": m.modele_courrier.pk},
    ),
    Ligne("parcours:courrier_pdf", LIRE, objet=courrier("sien"), cas="portefeuille"),
    Ligne("parcours:courrier_pdf", LIRE_AUTRE, objet=courrier("autre"), cas="autre"),
    Ligne("parcours:courrier_word", LIRE, objet=courrier("sien"), cas="portefeuille"),
    Ligne("parcours:courrier_word", LIRE_AUTRE, objet=courrier("autre"), cas="autre"),
    Ligne("parcours:courriers_lot", SON_LOT, objet=lot, cas="celui du référent"),
    Ligne("parcours:courriers_lot_pdf", SON_LOT, objet=lot),
    Ligne(
        "parcours:courriers_lot_accepter", statuts(403, encadrant=404, referent=302, agent_orientation=404), objet=lot,
        methode="POST",
    ),
]  # fmt: skip
