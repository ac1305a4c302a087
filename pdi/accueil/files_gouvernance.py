"""The queues of governance on the home page: decisions to carry out, convocations to answer, meetings to close."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from actions.models import Programme, Signataire
from actions.querysets import ROLES_GESTION
from gouvernance.models import Avenant, Decision, Instance, Membre, ModificationFiche, Presence, Proposition, Seance
from gouvernance.operations.convocations import jeton
from gouvernance.querysets_participation import EN_ATTENTE
from pdi.comptes.models import Role
from pdi.socle.formats import date_courte

from .file import ICONES, File, echeance
from .files_ep import files_ep

ATTENTE_LONGUE = datetime.timedelta(days=183)  # a proposal without an answer for half a year


def files_gouvernance(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return what waits for somebody who carries a decision, sits in a body, or keeps one."""
    lues = (
        _decisions(utilisateur, jour), _convocations(utilisateur, jour), _a_clore(utilisateur),
        _propositions(utilisateur, jour), _modifications(utilisateur, jour),
        _avenants(utilisateur), _signatures(utilisateur),
    )  # fmt: skip
    return [*(f for f in lues if f is not None), *files_ep(utilisateur, jour)]


def _decisions(utilisateur: Any, jour: datetime.date) -> File | None:
    lues = Decision.objects.portees_par(utilisateur).ouvertes().aggregate(combien=Count("pk"), plus_tot=Min("echeance"))
    if not lues["combien"]:
        return None
    ton, mention, ico = echeance(jour, lues["plus_tot"])
    mots = "décision à tenir" if lues["combien"] == 1 else "décisions à tenir"
    url = f"{reverse('gouvernance:decisions')}?miennes=on&avancement=ouvertes&tri=echeance"
    return File(lues["combien"], mots, "Dites où elles en sont.", url, ton, mention, ico, "Voir mes décisions")


def _convocations(utilisateur: Any, jour: datetime.date) -> File | None:
    muettes = Presence.objects.filter(
        membre__in=Membre.objects.de(utilisateur), reponse="", seance__etat="convoquee",
        seance__debut__gte=timezone.now(),
    )  # fmt: skip
    lues = list(muettes.select_related("seance__instance__territoire").order_by("seance__debut")[:20])
    if not lues:
        return None
    premiere = lues[0].seance
    ton, mention, ico = echeance(jour, timezone.localdate(premiere.debut))
    mots = "convocation sans réponse" if len(lues) == 1 else "convocations sans réponse"
    url = reverse("gouvernance:convocation_reponse", args=[jeton(lues[0])])
    return File(len(lues), mots, f"{premiere.titre}.", url, ton, mention, ico, "Répondre")


def _propositions(utilisateur: Any, jour: datetime.date) -> File | None:
    """Return the proposals of the bodies one keeps that nobody has answered: the group is owed an answer."""
    lues = Proposition.objects.tenues_par(utilisateur).filter(etat__in=EN_ATTENTE, instance__reference=False)
    compte = lues.aggregate(combien=Count("pk"), ancienne=Min("deposee_le"))
    if not compte["combien"]:
        return None
    mots = "proposition sans suite" if compte["combien"] == 1 else "propositions sans suite"
    url = f"{reverse('gouvernance:propositions')}?miennes=on&avancement=attente&tri=deposee"
    ton, mention, ico = "neutre", f"Depuis le {date_courte(compte['ancienne'])}", ICONES["attente"]
    if jour - compte["ancienne"] > ATTENTE_LONGUE:
        ton, ico = "veille", ICONES["retard"]
    detail = "Dites au groupe ce qu’elles deviennent, ou mettez-les à l’ordre du jour d’un comité."
    return File(compte["combien"], mots, detail, url, ton, mention, ico, "Voir les propositions")


def _modifications(utilisateur: Any, jour: datetime.date) -> File | None:
    """Return the proposals of change that wait for who puts them in an avenant or sets them aside."""
    if not utilisateur.a_role(*ROLES_GESTION):
        return None
    compte = ModificationFiche.objects.a_examiner().aggregate(combien=Count("pk"), ancienne=Min("cree_le"))
    if not compte["combien"]:
        return None
    mots = "proposition de modification" if compte["combien"] == 1 else "propositions de modification"
    ancienne = timezone.localdate(compte["ancienne"])
    ton, mention, ico = "neutre", f"Depuis le {date_courte(ancienne)}", ICONES["attente"]
    if jour - ancienne > ATTENTE_LONGUE:
        ton, ico = "veille", ICONES["retard"]
    url = f"{reverse('gouvernance:modifications')}?etat=proposee&tri=date"
    detail = "À mettre dans un avenant ou à écarter."
    return File(compte["combien"], mots, detail, url, ton, mention, ico, "Voir les propositions")


def _avenants(utilisateur: Any) -> File | None:
    """Return the avenants put to the vote: the direction reads them, the managers record the vote."""
    gestion = utilisateur.a_role(*ROLES_GESTION)
    if not gestion and not utilisateur.a_role(Role.DIRECTION):
        return None
    proposes = Avenant.objects.filter(etat="propose", programme__in=Programme.objects.du_departement())
    lus = list(proposes.order_by("programme", "numero")[:20])
    if not lus:
        return None
    mots = "avenant proposé au vote" if len(lus) == 1 else "avenants proposés au vote"
    url = lus[0].get_absolute_url() if len(lus) == 1 else f"{reverse('gouvernance:avenants')}?etat=propose"
    detail = lus[0].intitule if len(lus) == 1 else "L’Assemblée en délibère."
    mention, geste = ("Vote à enregistrer", "Voir l’avenant") if gestion else ("À lire", "Lire l’avenant")
    return File(len(lus), mots, detail, url, "info", mention, ICONES["attente"], geste)


def _signatures(utilisateur: Any) -> File | None:
    """Return the signature of the pact that a partner still owes."""
    siennes = utilisateur.structures_du_role(Role.PARTENAIRE) if utilisateur.a_role(Role.PARTENAIRE) else ()
    if not siennes:
        return None
    attendues = Signataire.objects.filter(
        structure__in=siennes, signe_le=None, refuse_le=None, programme__in=Programme.objects.du_departement()
    )
    lue = attendues.select_related("programme").order_by("-programme__annee_debut").first()
    if lue is None:
        return None
    url = f"{reverse('gouvernance:vie', args=[lue.programme.code])}#signatures"
    detail = f"{lue.programme.intitule_court}\u00a0: le Département l’enregistre avec votre page signée."
    return File(1, "signature du pacte attendue", detail, url, "veille", "Attendue", ICONES["attente"], "Voir")


def _a_clore(utilisateur: Any) -> File | None:
    tenues = Instance.objects.tenues_par(utilisateur)
    passees = Q(debut__lt=timezone.now(), etat__in=["preparee", "convoquee", "ouverte"])
    combien = Seance.objects.filter(passees, instance__in=tenues).count()
    if not combien:
        return None
    mots = "séance passée à clore" if combien == 1 else "séances passées à clore"
    url = f"{reverse('gouvernance:seances')}?periode=a_clore"
    return File(combien, mots, "Close, reportée ou annulée : dites-le.", url, "veille", "À clore", ICONES["attente"])
