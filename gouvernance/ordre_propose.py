"""The agenda that the software proposes: what is late, missed, waiting or ending, each with its reason."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone

from actions.models import Campagne, CibleIndicateur, FicheAction, MesureIndicateur, Programme
from actions.regles.indicateurs import juger
from gouvernance.listes_ep import prets
from gouvernance.models import Avenant, Decision, DossierEP, NatureInstance, Proposition, Seance
from gouvernance.operations.ep import POINT
from offre.models import Convention
from parcours.statistiques.gestion import GestionOffre
from pdi.socle.formats import compte, date_courte, date_longue

MAXIMUM = 8  # by kind: the secretary picks, a long list would be read by nobody
BESOINS = 3
MINUTES_PAR_DOSSIER = 15
COMITES = (NatureInstance.COMITE_TECHNIQUE, NatureInstance.COMITE_PILOTAGE)
GENRES = {
    "suite": "Suite des décisions",
    "bilans": "Bilans à valider",
    "retard": "Fiches en retard",
    "cible": "Cibles manquées",
    "convention": "Conventions qui finissent",
    "besoin": "Besoins sans réponse",
    "proposition": "Propositions à examiner",
    "avenant": "Avenants en cours",
    "ep": "Dossiers individuels",
}
OBJETS = ("fiche", "campagne", "convention", "proposition", "avenant")


@dataclass(frozen=True)
class Propose:
    """A point that could be on the agenda. `champs`: what it is about, for the point."""

    cle: str
    genre: str
    titre: str
    raison: str
    duree: int = 10
    champs: dict[str, Any] = field(default_factory=dict)

    @property
    def annee(self) -> int | None:
        """Return the campaign it is about."""
        return getattr(self.champs.get("campagne"), "pk", None)

    @property
    def point(self) -> dict[str, Any]:
        """Return the fields of the point it becomes."""
        return {"titre": self.titre[:250], "raison": self.raison[:250], "duree_minutes": self.duree, **self.champs}


def proposer(seance: Seance, utilisateur: Any, jour: datetime.date) -> dict[str, list[Propose]]:
    """Return the points proposed, by kind in words; what the agenda already holds is left out."""
    points = list(seance.points.all())
    pris = {(p.titre, *(getattr(p, f"{nom}_id") for nom in OBJETS)) for p in points}
    annees = {p.campagne_id for p in points if p.campagne_id}  # whatever the title, the bilans of a year come once
    par_genre: dict[str, list[Propose]] = {}
    for propose in _tous(seance, utilisateur, jour):
        objets = (getattr(propose.champs.get(nom), "pk", None) for nom in OBJETS)
        if (propose.titre[:250], *objets) not in pris and propose.annee not in annees:
            par_genre.setdefault(GENRES[propose.genre], []).append(propose)
    return par_genre


def _dire(nombre: int, un: str, plusieurs: str) -> str:
    return f"{nombre}\u00a0{plusieurs if nombre > 1 else un}"


def _tous(seance: Seance, utilisateur: Any, jour: datetime.date) -> Iterator[Propose]:
    programmes = Programme.objects.visibles_par(utilisateur).du_departement().en_vigueur(jour)
    fiches = FicheAction.objects.visibles_par(utilisateur).filter(programme__in=programmes)
    yield from _suite(seance, jour)
    if seance.instance.nature == NatureInstance.EP:  # individual files, nothing of the programme
        yield from _dossiers_ep(seance)
        return
    yield from _propositions(seance, utilisateur)
    yield from _avenants(seance, utilisateur)
    yield from _bilans(fiches)
    yield from _retards(fiches, jour)
    yield from _cibles(fiches, jour.year - 1)
    yield from _conventions(utilisateur, jour)
    yield from _besoins(utilisateur)


def _suite(seance: Seance, jour: datetime.date) -> Iterator[Propose]:
    lues = Decision.objects.filter(seance__instance=seance.instance, seance__debut__lt=seance.debut).aggregate(
        ouvertes=Count("pk", filter=Q(etat__in=["a_faire", "en_cours", "reportee"])),
        retard=Count("pk", filter=Q(etat__in=["a_faire", "en_cours", "reportee"], echeance__lt=jour)),
    )
    if lues["ouvertes"]:
        retard = f", dont {lues['retard']} en retard" if lues["retard"] else ""
        dites = _dire(lues["ouvertes"], "décision reste à tenir", "décisions restent à tenir")
        yield Propose("suite", "suite", "Suite des décisions", f"{dites}{retard}.", 15)


def _dossiers_ep(seance: Seance) -> Iterator[Propose]:
    """Propose the files that may be heard that day; they are then put on the meeting from their list."""
    prets_ce_jour = DossierEP.objects.filter(prets(timezone.localdate(seance.debut)), instance=seance.instance)
    if combien := prets_ce_jour.count():
        dits = _dire(combien, "dossier prêt à inscrire", "dossiers prêts à inscrire")
        yield Propose(
            "dossiers-ep", "ep", POINT, f"{dits}, depuis la liste des dossiers.", MINUTES_PAR_DOSSIER * combien
        )


def _propositions(seance: Seance, utilisateur: Any) -> Iterator[Propose]:
    """Propose what groups and dialogues wait for: at the comité technique first, then at the comité de pilotage."""
    nature = seance.instance.nature
    if nature not in COMITES:
        return
    attente = Proposition.objects.visibles_par(utilisateur).attendant(nature)
    lues = attente.filter(instance__reference=False, deposee_le__lte=timezone.localdate(seance.debut))
    memes: dict[str, list[Proposition]] = {}
    dernieres = lues.select_related("instance", "dialogue__territoire").order_by("deposee_le", "pk")
    for proposition in dernieres[: MAXIMUM * MAXIMUM]:
        memes.setdefault(" ".join(proposition.titre.casefold().split()), []).append(proposition)
    for premiere, *autres in list(memes.values())[:MAXIMUM]:
        titre = f"Proposition : {premiere}"
        raison = _d_ou_elle_vient([premiere, *autres], nature)
        champs = {"proposition": premiere, "autres_propositions": autres}
        yield Propose(f"proposition-{premiere.pk}", "proposition", titre, raison, 10, champs)


def _avenants(seance: Seance, utilisateur: Any) -> Iterator[Propose]:
    """Propose the avenants that are not voted yet, to the comités."""
    if seance.instance.nature not in COMITES:
        return
    lus = Avenant.objects.visibles_par(utilisateur).filter(etat__in=["preparation", "propose"])
    avec = lus.annotate(nombre=Count("modifications")).order_by("numero")
    for lu, nombre in ((a, getattr(a, "nombre", 0)) for a in avec[:MAXIMUM]):
        raison = f"{lu.get_etat_display()}\u00a0: {_dire(nombre, 'rubrique change', 'rubriques changent')}."
        yield Propose(f"avenant-{lu.pk}", "avenant", f"{lu}\u00a0: {lu.intitule}", raison, 15, {"avenant": lu})


def _d_ou_elle_vient(memes: list[Proposition], nature: str) -> str:
    """Return who proposes it in the same words, since when."""
    origines = list(dict.fromkeys(str(p.dialogue or p.instance) for p in memes))
    suite = " Examinée au comité technique." if nature == NatureInstance.COMITE_PILOTAGE else ""
    fois = f"Déposée {len(memes)} fois depuis le" if len(memes) > 1 else "Déposée le"
    return f"{fois} {date_longue(memes[0].deposee_le)} : {', '.join(origines)}, sans suite encore.{suite}"


def _bilans(fiches: Any) -> Iterator[Propose]:
    soumis = Count("bilans", filter=Q(bilans__fiche__in=fiches, bilans__etat="soumis"))
    ouvertes = Campagne.objects.filter(etat="ouverte").annotate(soumis=soumis).filter(soumis__gt=0)
    for campagne, nombre in ((c, getattr(c, "soumis", 0)) for c in ouvertes):
        raison = f"{_dire(nombre, 'bilan attend sa validation', 'bilans attendent leur validation')}."
        titre = f"Bilans {campagne.annee} des fiches-actions"
        yield Propose(f"bilans-{campagne.pk}", "bilans", titre, raison, 20, {"campagne": campagne})


def _retards(fiches: Any, jour: datetime.date) -> Iterator[Propose]:
    passees = Q(etapes__echeance__lt=jour) & ~Q(etapes__etat__in=["realisee", "abandonnee"])
    lues = fiches.en_retard(jour).annotate(etapes_passees=Count("etapes", filter=passees, distinct=True))
    for fiche in lues.order_by("-etapes_passees", "ordre")[:MAXIMUM]:
        titre = f"Fiche {fiche}"
        yield Propose(f"retard-{fiche.pk}", "retard", titre, _retard_dit(fiche, jour), 10, {"fiche": fiche})


def _retard_dit(fiche: Any, jour: datetime.date) -> str:
    if fiche.etapes_passees:
        return f"{_dire(fiche.etapes_passees, 'étape a passé sa date', 'étapes ont passé leur date')}."
    if fiche.fin and fiche.fin < jour:
        return f"Fin prévue le {date_courte(fiche.fin)}, non réalisée."
    return f"Fiche « {fiche.get_statut_display().lower()} »."


def _cibles(fiches: Any, annee: int) -> Iterator[Propose]:
    mesures = MesureIndicateur.objects.courantes().filter(
        annee=annee, indicateur__fiche__in=fiches, indicateur__actif=True, valeur__isnull=False
    )
    cibles = dict(
        CibleIndicateur.objects.filter(annee=annee, indicateur__fiche__in=fiches).values_list("indicateur", "valeur")
    )
    manquees: dict[FicheAction, int] = defaultdict(int)
    for mesure in mesures.select_related("indicateur__fiche"):
        _ecart, _atteint, ton = juger(mesure.valeur, cibles.get(mesure.indicateur_id), mesure.indicateur.sens)
        if ton == "retard":
            manquees[mesure.indicateur.fiche] += 1
    for fiche, nombre in sorted(manquees.items(), key=lambda e: (-e[1], e[0].ordre))[:MAXIMUM]:
        raison = f"{_dire(nombre, 'cible manquée', 'cibles manquées')} de plus de 10 % en {annee}."
        titre = f"Fiche {fiche.numero} : cibles {annee}"
        yield Propose(f"cible-{fiche.pk}", "cible", titre, raison, 10, {"fiche": fiche})


def _conventions(utilisateur: Any, jour: datetime.date) -> Iterator[Propose]:
    lues: Any = Convention.objects.visibles_par(utilisateur).finissant(jour).select_related("operateur")
    for convention in lues.order_by("dernier")[:MAXIMUM]:
        titre = f"Convention {convention} : renouveler ou laisser finir"
        raison = f"Elle finit le {date_longue(convention.dernier)}."
        yield Propose(f"convention-{convention.pk}", "convention", titre, raison, 10, {"convention": convention})


def _besoins(utilisateur: Any) -> Iterator[Propose]:
    criants = [b for b in GestionOffre(utilisateur, QueryDict("")).besoins if b.total.criant and b.total.sans]
    for besoin in criants[:BESOINS]:
        raison = (
            f"{compte(besoin.total.sans or 0, 'personne')} avec ce frein, sans prescription pour le lever ; "
            f"{compte(besoin.offres, 'offre')} au catalogue."
        )
        yield Propose(f"besoin-{besoin.frein.pk}", "besoin", f"Besoin sans réponse : {besoin.frein}", raison)
