"""Requests of the public in the demonstration: offers opened to it, and requests waiting, late, handled. Set-based."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from offre.models import EtatOffre, OffreInsertion
from parcours.models import (
    AffectationReferent,
    DemandePublique,
    EtatDemandePublique,
    MotifDeclin,
    TransitionDemandePublique,
)
from pdi.comptes.models import Role, Utilisateur
from pdi.territoires.models import CommuneTerritoire

E = EtatDemandePublique
# The printed sheets do not say which offers people may ask for themselves (fiche 3.6 wants some): a choice of the
# demonstration.
OUVERTES = ("1.7", "2.4", "2.9", "2.11", "3.1", "3.2", "3.6")
MESSAGES = (
    "Je voudrais passer le permis pour accepter un emploi en horaires décalés.",
    "J’ai un projet de food-truck et je ne sais pas par où commencer.",
    "Je cherche une activité pour reprendre un rythme avant une formation.",
    "",
    "Une amie m’a parlé de cet atelier, je suis disponible le mardi et le jeudi.",
)


@dataclass(frozen=True)
class _Modele:
    """One request: who (empty: somebody of the référent's portfolio), how many days ago, what became of it."""

    prenom: str
    nom: str
    jours: int
    etat: E = E.A_TRAITER
    motif: str = ""


MODELES = (
    _Modele("", "", 0), _Modele("", "", 3), _Modele("Lilou", "Ébauche", 1), _Modele("Yanis", "Fable", 2),
    _Modele("Rosa", "Canevas", 11), _Modele("Tom", "Mirage", 5, E.A_RAPPELER),
    _Modele("Fatou", "Esquisse", 16, E.DECLINEE, MotifDeclin.CONDITIONS),
    _Modele("Hugo", "Légende", 23, E.DECLINEE, MotifDeclin.INJOIGNABLE),
)  # fmt: skip


@transaction.atomic
def charger_demandes_demonstration(*, jour: datetime.date) -> int:
    """Open some offers to the public and write the requests around `jour`, once. Return how many."""
    if DemandePublique.objects.filter(fictive=True).exists():
        return 0
    OffreInsertion.objects.filter(numero__in=OUVERTES, etat=EtatOffre.PUBLIEE).update(auto_prescription=True)
    offres = list(OffreInsertion.objects.filter(auto_prescription=True, etat=EtatOffre.PUBLIEE))
    agent = _compte(Role.AGENT_ORIENTATION)
    if not offres or agent is None:
        return 0
    suivis = _suivis(_compte(Role.REFERENT), jour)
    communes = _communes(agent, jour)
    demandes = []
    for rang, modele in enumerate(MODELES):
        personne = None if modele.nom else next(suivis, None)
        if not modele.nom and personne is None:
            continue
        demandes.append(_demande(modele, rang, offres[rang % len(offres)], personne, agent, communes))
    DemandePublique.objects.bulk_create(demandes)
    TransitionDemandePublique.objects.bulk_create(
        TransitionDemandePublique(demande=d, de=E.A_CONFIRMER, vers=d.etat, par=d.traitee_par, le=d.cree_le)
        for d in demandes
    )
    return len(demandes)


def _compte(role: Role) -> Utilisateur | None:
    return Utilisateur.objects.filter(demonstration=True, habilitations__role=role).order_by("pk").first()


def _suivis(referent: Utilisateur | None, jour: datetime.date) -> Any:
    suivis = AffectationReferent.objects.filter(
        referent=referent, periode__contains=jour, personne__fictive=True, personne__date_naissance__isnull=False
    ).select_related("personne")
    return iter([a.personne for a in suivis.order_by("pk")[:2]] if referent else [])


def _communes(agent: Utilisateur, jour: datetime.date) -> list[str]:
    territoires = [h.territoire_id for h in agent.habilitations_actives if h.territoire_id]
    dedans = CommuneTerritoire.objects.filter(territoire__in=territoires, validite__contains=jour)
    return list(dedans.order_by("-commune__population").values_list("commune", flat=True)[:5])


def _demande(
    modele: _Modele, rang: int, offre: OffreInsertion, personne: Any, agent: Utilisateur, communes: list[str]
) -> DemandePublique:
    quand = timezone.now() - datetime.timedelta(days=modele.jours, minutes=7 * rang + 5)
    close = modele.etat == E.DECLINEE
    return DemandePublique(
        offre=offre, personne=personne,
        nom=personne.nom_naissance if personne else modele.nom,
        prenom=personne.prenoms.split(" ")[0] if personne else modele.prenom,
        date_naissance=personne.date_naissance if personne else datetime.date(1984 + 2 * rang, 1 + rang, 3 + 2 * rang),
        courriel=f"demande{rang}@exemple.example", telephone=f"06 00 00 00 {rang:02d}" if rang % 3 else "",
        commune_id=communes[rang % len(communes)] if communes else None, message=MESSAGES[rang % len(MESSAGES)],
        etat=modele.etat, graine=f"demonstration-{rang}", cree_le=quand, consentement_le=quand,
        expire_le=quand + datetime.timedelta(days=3), confirmee_le=quand,
        rappeler_le=timezone.localdate() if modele.etat == E.A_RAPPELER else None, motif=modele.motif,
        traitee_le=quand + datetime.timedelta(days=2) if close else None, traitee_par=agent if close else None,
        fictive=True,
    )  # fmt: skip
