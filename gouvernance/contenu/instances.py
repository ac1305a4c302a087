"""The bodies of the programme in the year: meetings held and due, who came; and what they decided, with its state.

The report is public: nobody is named. A decision is carried by a service; what a body decided about people (équipe
pluridisciplinaire) is counted by its own chapter, never quoted here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from gouvernance.models import (
    CollegeMembre,
    Decision,
    EtatDecision,
    EtatSeance,
    Instance,
    NatureInstance,
    Presence,
    Seance,
    TypeDecision,
)
from gouvernance.querysets import OUVERTES
from gouvernance.regles.seances import PRESENTS, quorum
from pdi.comptes.models import Habilitation
from pdi.socle.formats import compte

from .formes import ChapitreContenu
from .lecture import Matiere
from .tableaux import Tableau, chiffre, colonne, donnees, tableau, taux

A_CONFIER = "à confier"
AGENT = "un agent du Département"


@dataclass
class InstancesLues:
    """Bodies, their meetings of the year, the presences at those held."""

    instances: list[Instance]
    seances: list[Any]  # with `decidees` and `traites`, counted
    presences: dict[int, list[Presence]]


def _instances(matiere: Matiere) -> Any:
    programme = matiere.programme
    return Instance.objects.filter(
        Q(programme=programme) | Q(programme=None), departement=programme.departement_id, reference=False
    )


def lire_instances(matiere: Matiere) -> InstancesLues:
    """Read the bodies and their meetings of the year (three queries)."""
    instances = list(_instances(matiere).select_related("territoire").order_by("nature", "nom", "pk"))
    seances = Seance.objects.filter(instance__in=[i.pk for i in instances], debut__year=matiere.annee)
    lues = list(
        seances.annotate(
            decidees=Count("decisions", distinct=True),
            traites=Count("points", filter=Q(points__etat="traite"), distinct=True),
        ).order_by("debut", "pk")
    )
    tenues = [s.pk for s in lues if s.etat == EtatSeance.TENUE]
    presences: dict[int, list[Presence]] = defaultdict(list)
    for presence in Presence.objects.filter(seance__in=tenues).select_related("membre"):
        presences[presence.seance_id].append(presence)
    return InstancesLues(instances, lues, presences)


def _dues(instance: Instance) -> int | None:
    """Return the meetings due in a year; those of a dialogue are due by territory, not by body."""
    return None if instance.nature == NatureInstance.DIALOGUE else instance.seances_par_an


def _commissions(lu: InstancesLues) -> set[int]:
    """Return the équipes pluridisciplinaires: what they decide is about a few people, and has its own chapter."""
    return {i.pk for i in lu.instances if i.nature == NatureInstance.EP}


def _venus(presences: Iterable[Presence]) -> tuple[int, int]:
    lues = list(presences)
    return sum(p.etat in PRESENTS for p in lues), len(lues)


def rassembler_instances(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return meetings held beside those due, attendance by body and by college, and the meetings one by one."""
    lu: InstancesLues = matiere.memoire["instances"]
    par_instance: dict[int, list[Seance]] = defaultdict(list)
    for seance in lu.seances:
        par_instance[seance.instance_id].append(seance)
    suivies = [i for i in lu.instances if par_instance[i.pk] or (i.active and _dues(i))]
    if not suivies:
        return None
    tenues = [s for s in lu.seances if s.etat == EtatSeance.TENUE]
    dues = [i for i in suivies if i.active and _dues(i)]
    a_jour = sum(sum(s.etat == EtatSeance.TENUE for s in par_instance[i.pk]) >= (_dues(i) or 0) for i in dues)
    muettes = [i for i in suivies if not any(s.etat == EtatSeance.TENUE for s in par_instance[i.pk])]
    venus, convoques = _venus(p for s in tenues for p in lu.presences[s.pk])
    cites = {s.instance_id: 0 for s in tenues}
    commissions = _commissions(lu)
    return donnees(
        [
            f"Les instances du programme qui se sont réunies en {matiere.annee}, ou qui devaient le faire.",
            "Un membre représenté compte parmi les présents. La participation ne porte que sur les séances tenues.",
            f"{compte(len(muettes), 'instance ne s’est pas réunie', 'instances ne se sont pas réunies')} "
            f"en {matiere.annee}." if muettes else "",
        ],
        [
            _par_instance(suivies, par_instance, lu),
            _par_college(tenues, lu),
            _seances(tenues, {i.pk: i for i in lu.instances}, lu),
        ],
        [
            chiffre(len(tenues), "séances tenues", seul="séance tenue",
                    detail=f"par {compte(len(cites), 'instance')}" if cites else "aucune instance ne s’est réunie"),
            chiffre(taux(venus, convoques), "de participation", genre="pourcentage",
                    detail=f"{compte(venus, 'présence')} sur {compte(convoques, 'convocation')}"),
            *([chiffre(a_jour, "instances ont tenu leurs séances", sur=len(dues), detail="parmi celles qui en doivent")]
              if dues else []),
            chiffre(sum(s.decidees for s in tenues if s.instance_id not in commissions),
                    "décisions prises", seul="décision prise"),
        ],
    )  # fmt: skip


def _par_instance(suivies: list[Instance], par_instance: Mapping[int, list[Seance]], lu: InstancesLues) -> Tableau:
    lignes = []
    for instance in suivies:
        siennes = par_instance[instance.pk]
        tenues = [s for s in siennes if s.etat == EtatSeance.TENUE]
        venus, convoques = _venus(p for s in tenues for p in lu.presences[s.pk])
        manquees = sum(s.etat in (EtatSeance.REPORTEE, EtatSeance.ANNULEE) for s in siennes)
        lignes.append(
            [str(instance), NatureInstance(instance.nature).label, len(tenues), _dues(instance), manquees,
             venus if convoques else None, convoques or None, taux(venus, convoques)]
        )  # fmt: skip
    return tableau(
        "instances", "Séances et participation par instance",
        [colonne("Instance", largeur=50), colonne("Nature", largeur=24), colonne("Tenues", "entier", 9),
         colonne("Dues par an", "entier", 9), colonne("Reportées ou annulées", "entier", 11),
         colonne("Présents", "entier", 10), colonne("Convoqués", "entier", 11),
         colonne("Participation", "pourcentage", 13)],
        lignes, feuille="Instances",
    )  # fmt: skip


def _par_college(tenues: list[Seance], lu: InstancesLues) -> Tableau:
    par_college: dict[str, list[Presence]] = defaultdict(list)
    for seance in tenues:
        for presence in lu.presences[seance.pk]:
            par_college[presence.membre.college].append(presence)
    lignes = [
        [college.label, *(comptes := _venus(par_college[college])), taux(*comptes)]
        for college in CollegeMembre
        if par_college[college]
    ]
    return tableau(
        "colleges", "Participation par collège",
        [colonne("Collège", largeur=40), colonne("Présents", "entier", 10), colonne("Convoqués", "entier", 11),
         colonne("Participation", "pourcentage", 13)],
        lignes, feuille="Participation par collège",
        vide="Aucune séance n’a été tenue : il n’y a pas de participation à dire.",
    )  # fmt: skip


def _seances(tenues: list[Any], instances: Mapping[int, Instance], lu: InstancesLues) -> Tableau:
    lignes = []
    commissions = _commissions(lu)
    for seance in tenues:
        presences = lu.presences[seance.pk]
        lues = quorum(((p.membre.voix, p.etat) for p in presences), seance.quorum)
        dit = "sans règle" if lues.requis is None else "atteint" if lues.atteint else "non atteint"
        lignes.append(
            [timezone.localdate(seance.debut), str(instances[seance.instance_id]), *_venus(presences), dit,
             *((None, None) if seance.instance_id in commissions else (seance.traites, seance.decidees))]
        )  # fmt: skip
    return tableau(
        "seances", "Les séances tenues",
        [colonne("Date", "date", 12), colonne("Instance", largeur=50), colonne("Présents", "entier", 10),
         colonne("Convoqués", "entier", 11), colonne("Quorum", largeur=14), colonne("Points traités", "entier", 10),
         colonne("Décisions", "entier", 10)],
        lignes, feuille="Séances", vide="Aucune séance n’a été tenue.",
    )  # fmt: skip


# -- decisions --------------------------------------------------------------------------------


@dataclass
class DecisionsLues:
    """The decisions of the year; the service of each account that carries one; what was left from earlier years."""

    decisions: list[Decision]
    services: dict[int, str]
    reprises: int


def lire_decisions(matiere: Matiere) -> DecisionsLues:
    """Read the decisions of the meetings held in the year (three queries)."""
    toutes = Decision.objects.filter(
        seance__instance__in=_instances(matiere).exclude(nature=NatureInstance.EP), seance__etat=EtatSeance.TENUE
    )
    lues = list(
        toutes.filter(seance__debut__year=matiere.annee)
        .select_related("seance__instance__territoire", "structure")
        .order_by("seance__debut", "seance_id", "numero")
    )
    porteurs = {d.responsable_id for d in lues if d.responsable_id and d.structure_id is None}
    habilitations = Habilitation.objects.filter(utilisateur__in=porteurs, structure__isnull=False)
    services: dict[int, str] = {}
    for habilitation in habilitations.select_related("structure").order_by("pk"):
        services.setdefault(habilitation.utilisateur_id, str(habilitation.structure))
    reprises = toutes.filter(seance__debut__year__lt=matiere.annee, etat__in=OUVERTES).count()
    return DecisionsLues(lues, services, reprises)


def _porteur(decision: Decision, services: Mapping[int, str]) -> str:
    if decision.structure_id is not None:
        return str(decision.structure)
    return services.get(decision.responsable_id, AGENT) if decision.responsable_id else A_CONFIER


def rassembler_decisions(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the decisions by type and state, then each with who carries it, its deadline and its state."""
    lu: DecisionsLues = matiere.memoire["decisions"]
    if not lu.decisions and not lu.reprises:
        return None
    jour = timezone.localdate()
    retard = [d for d in lu.decisions if d.etat in OUVERTES and d.echeance is not None and d.echeance < jour]
    faites = sum(d.etat == EtatDecision.FAITE for d in lu.decisions)
    attente = sum(d.etat in OUVERTES for d in lu.decisions)
    reprises = f"{compte(lu.reprises, 'décision plus ancienne reste', 'décisions plus anciennes restent')} à tenir."
    return donnees(
        [
            (f"Ce que les instances ont décidé en {matiere.annee}, et où en est chaque décision le jour de la "
            "compilation. Une décision est portée par un service ; son échéance a été dite en séance."),
            "Les avis des équipes pluridisciplinaires portent sur des personnes : ils ne figurent pas ici.",
            reprises if lu.reprises else "",
        ],
        [_par_type(lu.decisions), _liste(lu, {d.pk for d in retard})],
        [
            chiffre(faites, "décisions tenues", sur=len(lu.decisions)),
            chiffre(attente, "restent à tenir", seul="reste à tenir",
                    detail=f"dont {len(retard)} en retard" if retard else "aucune n’est en retard"),
        ],
    )  # fmt: skip


def _par_type(decisions: list[Decision]) -> Tableau:
    comptes = Counter((d.type, d.etat) for d in decisions)
    siens = {genre: [comptes[genre, etat] for etat in EtatDecision] for genre in TypeDecision}
    lignes: list[list[Any]] = [[genre.label, *lus, sum(lus)] for genre, lus in siens.items() if sum(lus)]
    total = ["Total", *(sum(ligne[i] for ligne in lignes) for i in range(1, len(EtatDecision) + 2))]
    return tableau(
        "decisions-types", "Les décisions par type et par état",
        [colonne("Type", largeur=20), *(colonne(e.label, "entier", 12) for e in EtatDecision),
         colonne("Total", "entier", 10)],
        lignes, feuille="Décisions par type", total=total if len(lignes) > 1 else None,
        vide="Aucune décision n’a été notée dans l’année.",
    )  # fmt: skip


def _liste(lu: DecisionsLues, retard: set[int]) -> Tableau:
    return tableau(
        "decisions", "Les décisions de l’année",
        [colonne("Séance", "date", 12), colonne("Instance", largeur=30), colonne("N°", largeur=6),
         colonne("Décision", largeur=60), colonne("Type", largeur=13), colonne("Portée par", largeur=42),
         colonne("Pour le", "date", 12), colonne("État", largeur=14)],
        (
            [timezone.localdate(d.seance.debut), str(d.seance.instance), str(d), d.texte, d.get_type_display(),
             _porteur(d, lu.services), d.echeance,
             f"{d.get_etat_display()}, en retard" if d.pk in retard else d.get_etat_display()]
            for d in lu.decisions
        ),
        feuille="Décisions", vide="Aucune décision n’a été notée dans l’année.", groupe=2,
    )  # fmt: skip
