"""Lines of the requests of the public: anyone asks, the link of the e-mail confirms, the follow-up handles."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from parcours.operations.demandes_publiques import jeton
from pdi.comptes.models import Role
from pdi.socle.robots import jeton_de_page
from tests.fabriques_parcours import DemandePubliqueFactory, OffreFactory, personne_suivie

from .table import Ligne, statuts

TOUS: dict[str, Any] = {"anonyme": 200}
SUIVI = {"administrateur": 200, "encadrant": 200, "referent": 200, "agent_orientation": 200}


def preparer(m: Any) -> None:
    """A request left, another one of somebody the référent follows, one nobody but the administrator sees."""
    offre = OffreFactory.create(numero="6.2", auto_prescription=True)
    m.offre_a_demander = offre
    m.jeton_demande = jeton(DemandePubliqueFactory.create(offre=offre, graine="graine-matrice"))
    personne = personne_suivie(referent=m.qui(Role.REFERENT))
    m.demande_suivie = DemandePubliqueFactory.create(offre=offre, etat="a_traiter", personne=personne)
    m.demande_d_ailleurs = DemandePubliqueFactory.create(offre=offre, etat="a_traiter", personne=personne_suivie())


def _saisie(_m: Any) -> dict[str, str]:
    page = jeton_de_page(timezone.now() - datetime.timedelta(seconds=60))
    return {"page": page, "nom": "Exemplaire"}


MATRICE = [
    Ligne("parcours:demande_creer", statuts(200, **TOUS), objet=lambda m: {"offre": m.offre_a_demander.pk},
          ouvert="tout le monde demande une offre ouverte à l’auto-prescription"),
    Ligne("parcours:demande_creer", statuts(422, anonyme=422), objet=lambda m: {"offre": m.offre_a_demander.pk},
          methode="POST", donnees=_saisie, cas="incomplète",
          ouvert="tout le monde demande une offre ouverte à l’auto-prescription"),
    Ligne("parcours:demande_confirmer", statuts(200, **TOUS), objet=lambda m: {"jeton": m.jeton_demande},
          ouvert="l’adresse secrète confirme une demande"),
    Ligne("parcours:demande_confirmer", statuts(404, anonyme=404), objet=lambda _m: {"jeton": "forge.x"},
          methode="POST", cas="forgée"),
    Ligne("parcours:demandes_publiques", statuts(403, **SUIVI)),
    Ligne("parcours:demandes_publiques_export", statuts(403, **SUIVI)),
    Ligne("parcours:demande_publique", statuts(403, **SUIVI), objet=lambda m: {"pk": m.demande_suivie.pk}),
    Ligne("parcours:demande_accepter", statuts(403, **(SUIVI | {"administrateur": 403})),
          objet=lambda m: {"pk": m.demande_suivie.pk}),
    Ligne("parcours:demande_accepter", statuts(403, encadrant=422, referent=422, agent_orientation=422),
          objet=lambda m: {"pk": m.demande_suivie.pk}, methode="POST", donnees=lambda _m: {}),
    Ligne("parcours:demande_geste", statuts(403, **(SUIVI | {"administrateur": 403})),
          objet=lambda m: {"pk": m.demande_suivie.pk, "geste": "decliner"}),
    Ligne("parcours:demande_geste", statuts(403, encadrant=422, referent=422, agent_orientation=422),
          objet=lambda m: {"pk": m.demande_suivie.pk, "geste": "decliner"}, methode="POST", donnees=lambda _m: {}),
]  # fmt: skip
