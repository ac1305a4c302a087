"""Lines of meetings: those who follow or supervise plan and write; the others of the same structure find, no more.

`rdv`: planned with a person of the référent's portfolio. `rdv_structure`: with someone oriented to the référent's
structure, followed by a colleague: found, not written. `rdv_territoire`: with someone of the encadrant's territory.
`rdv_autre`: with someone out of everybody's reach but the whole département's.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from parcours.models import Entretien
from parcours.operations.agenda import jeton, ouvrir_flux
from pdi.comptes.models import Role
from tests.fabriques import HabilitationFactory
from tests.fabriques_parcours import EntretienFactory, PrescriptionFactory, il_y_a, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

SUIVI = {"administrateur": 200, "encadrant": 200, "referent": 200, "agent_orientation": 200}
AGENDA = statuts(403, **SUIVI)


def _rdv(personne: Any, agent: Any = None) -> Entretien:
    midi = timezone.make_aware(datetime.datetime.combine(il_y_a(1), datetime.time(12)))
    return EntretienFactory.create(personne=personne, etat="prevu", debut=midi, agent=agent)


def preparer(m: Any) -> None:
    """One meeting for each relation."""
    referent = m.qui(Role.REFERENT)
    HabilitationFactory.create(utilisateur=referent, role=Role.REFERENT, structure=m.structure)
    suivie = personne_suivie(referent=referent)
    m.rdv = _rdv(suivie, referent)
    PrescriptionFactory.create(
        personne=suivie,
        offre=None,
        action_libre="Atelier",
        operateur=m.prestataire,
        etat="transmise",
        transmise_le=il_y_a(5),
    )
    m.rdv_structure = _rdv(personne_suivie(structure=m.structure))
    m.rdv_autre = _rdv(personne_suivie())
    m.rdv_tenu = _rdv(suivie, referent)
    Entretien.objects.filter(pk=m.rdv_tenu.pk).update(etat="tenu", resume="Point sur le projet.")
    m.jeton = jeton(ouvrir_flux(par=referent))


def rdv(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv.pk}  # type: ignore[attr-defined]


def rdv_structure(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv_structure.pk}  # type: ignore[attr-defined]


def rdv_autre(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv_autre.pk}  # type: ignore[attr-defined]


def rdv_tenu(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv_tenu.pk}  # type: ignore[attr-defined]


def personne(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv.personne_id}  # type: ignore[attr-defined]


def personne_structure(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv_structure.personne_id}  # type: ignore[attr-defined]


def personne_autre(m: Monde) -> dict[str, Any]:
    return {"pk": m.rdv_autre.personne_id}  # type: ignore[attr-defined]


def creneau(m: Monde) -> dict[str, Any]:
    """A slot out of the way of every other."""
    demain = timezone.localdate() + datetime.timedelta(days=1)
    return {
        "jour": demain.isoformat(), "heure": "10:00", "duree_min": 45, "nature": "suivi", "malgre": "on",
        "structure": m.rdv.structure_id,  # type: ignore[attr-defined]
    }  # fmt: skip


# An administrator reads after a motive and never writes; a prestataire sees neither diary nor meetings.
SIENS = statuts(404, encadrant=200, referent=200, agent_orientation=200, administrateur=403)
STRUCTURE = statuts(404, encadrant=200, referent=403, agent_orientation=200, administrateur=403)
AUTRES = statuts(404, encadrant=200, agent_orientation=200, administrateur=403)
# By the person: the verdict on names comes first (403 for those who never see any).
P_SIENS = statuts(403, encadrant=200, referent=200, agent_orientation=200, prestataire=403)
P_STRUCTURE = statuts(403, encadrant=200, referent=403, agent_orientation=200, prestataire=404)
P_AUTRES = statuts(403, encadrant=200, referent=404, agent_orientation=200, prestataire=404)


def vers(attendus: dict[str, int]) -> dict[str, int]:
    """Return the same, where success leads elsewhere."""
    return {role: 302 if statut == 200 else statut for role, statut in attendus.items()}


def _lignes(nom: str, *, post: Any = None, get: bool = True) -> list[Ligne]:
    lignes = []
    for objet, attendus, cas in (
        (rdv, SIENS, "portefeuille"), (rdv_structure, STRUCTURE, "même structure"), (rdv_autre, AUTRES, "autre"),
    ):  # fmt: skip
        if get:
            lignes.append(Ligne(nom, attendus, objet=objet, cas=cas))
        elif objet is not rdv:
            lignes.append(Ligne(nom, vers(attendus), objet=objet, cas=cas, methode="POST", donnees=post))
    return lignes


MATRICE = [
    Ligne("parcours:agenda", AGENDA),
    Ligne("parcours:agenda", AGENDA, requete="?vue=liste&periode=a_renseigner", cas="liste"),
    Ligne("parcours:agenda_export", AGENDA),
    Ligne("parcours:agenda_abonnement", AGENDA),
    Ligne("parcours:agenda_abonnement", vers(AGENDA), methode="POST", donnees=lambda _m: {"geste": "fermer"}),
    Ligne(
        "parcours:agenda_flux", statuts(200, anonyme=200), objet=lambda m: {"jeton": m.jeton},
        ouvert="l’adresse secrète ouvre le flux, sans nom, à qui la connaît",
    ),
    Ligne("parcours:agenda_flux", statuts(404, anonyme=404), objet=lambda _m: {"jeton": "forge.x"}, cas="forgée"),
    Ligne("parcours:entretien_planifier", P_SIENS, objet=personne, cas="portefeuille"),
    Ligne("parcours:entretien_planifier", P_STRUCTURE, objet=personne_structure, cas="même structure"),
    Ligne("parcours:entretien_planifier", P_AUTRES, objet=personne_autre, cas="autre"),
    Ligne(
        "parcours:entretien_planifier", statuts(403, encadrant=422, referent=422, agent_orientation=422),
        objet=personne, methode="POST", donnees=lambda _m: {"jour": "demain"}, cas="illisible",
    ),
    *_lignes("parcours:entretien"),
    *_lignes("parcours:entretien_deplacer"),
    *_lignes("parcours:entretien_annuler"),
    Ligne("parcours:entretien_annuler", statuts(404, encadrant=422, referent=422, agent_orientation=422,
          administrateur=403), objet=rdv, methode="POST", donnees=lambda _m: {"motif": ""}, cas="sans motif"),
    Ligne("parcours:entretien_rouvrir", SIENS, objet=rdv_tenu),
    Ligne("parcours:entretien_rouvrir", statuts(404, encadrant=403, referent=403, agent_orientation=403,
          administrateur=403), objet=rdv, cas="encore prévu"),
    *_lignes("parcours:entretien_issue", get=False, post=lambda _m: {"issue": "inconnue"}),
    Ligne("parcours:saisie_ouvrir", P_SIENS, objet=personne, cas="portefeuille"),
    Ligne("parcours:saisie_ouvrir", P_STRUCTURE, objet=personne_structure, cas="même structure"),
    Ligne("parcours:saisie_ouvrir", P_AUTRES, objet=personne_autre, cas="autre"),
    *_lignes("parcours:saisie"),
    Ligne("parcours:saisie", statuts(404, encadrant=422, referent=422, agent_orientation=422, administrateur=403),
          objet=rdv, methode="POST", donnees=lambda _m: {}, cas="rien de saisi"),
    Ligne("parcours:saisie_brouillon", SIENS, objet=rdv, methode="POST", donnees=lambda _m: {"version": "1"}),
    Ligne("parcours:saisie_brouillon", STRUCTURE, objet=rdv_structure, methode="POST", cas="même structure",
          donnees=lambda _m: {"version": "1"}),
]  # fmt: skip
