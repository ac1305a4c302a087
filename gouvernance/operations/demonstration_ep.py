"""Files of two équipes pluridisciplinaires of the demonstration: fictitious, marked, in both regimes, from today."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from gouvernance.models import (
    AvisEP,
    DecisionEP,
    DossierEP,
    Instance,
    Membre,
    ObservationEP,
    PointOrdreDuJour,
    Presence,
    RecoursEP,
    Seance,
    TransitionDossierEP,
    TransitionSeance,
)
from gouvernance.regles.ep import contradictoire
from gouvernance.regles.sanctions_ep import (
    Foyer,
    effet_opposable,
    effet_propose,
    fin_contradictoire,
    fin_de_sanction,
    fin_du_recours,
    paliers,
    plafond,
)
from parcours.models import AffectationReferent, Personne, RegimeJuridique
from parcours.regles.delais import Regime, regime_au
from pdi.comptes.demo import DOMAINE
from pdi.comptes.models import Utilisateur
from pdi.socle.typographie import typographier_tout
from pdi.territoires.models import TerritoireAction

from .demonstration import DEPARTEMENT, MANDAT, SECRETAIRE
from .ep import POINT

DERNIER_REGIME_A = datetime.date(2024, 12, 16)
SEANCES_PASSEES, ECART_JOURS, PROCHAINE = 8, 91, 12
THEMES = ("non_respect", "reorientation", "non_conclusion", "maintien", "refus_controle", "non_respect", "radiation_ft")
SENS = {
    "reorientation": ("reorienter", "reorienter", "maintenir"), "maintien": ("maintenir", "reorienter", "maintenir"),
}  # fmt: skip
SENS_MANQUEMENT = ("sanction", "aucune", "sanction")
A_EXAMINER = ("clos",) * 7
DERNIERE = ("examine", "decide", "notifie", "recours", "notifie", "examine", "decide")
# Outside any meeting: state, theme, days since the notification of the intention (0: not yet).
HORS_SEANCE = (
    ("brouillon", "reorientation", 0), ("brouillon", "non_respect", 0), ("soumis", "refus_controle", 0),
    ("soumis", "maintien", 0), ("soumis", "non_conclusion", 0), ("contradictoire", "non_respect", 4),
    ("contradictoire", "non_conclusion", 25), ("contradictoire", "radiation_ft", 30), ("retire", "maintien", 0),
    ("sans_suite", "non_respect", 40),
)  # fmt: skip
ETAPES = ("brouillon", "soumis", "contradictoire", "inscrit", "examine", "decide", "notifie")


@dataclass
class _Recit:
    """The fixture, what it names in the base, and the rows to write."""

    lu: dict[str, Any]
    jour: datetime.date
    regimes: list[Regime]
    codes: dict[str, RegimeJuridique]
    secretaire: Utilisateur
    decideur: Utilisateur
    dossiers: list[DossierEP] = field(default_factory=list)
    etapes: list[TransitionDossierEP] = field(default_factory=list)
    observations: list[ObservationEP] = field(default_factory=list)
    avis: list[AvisEP] = field(default_factory=list)
    decisions: list[DecisionEP] = field(default_factory=list)
    recours: list[RecoursEP] = field(default_factory=list)


@transaction.atomic
def charger_equipes(*, chemin: Path, jour: datetime.date) -> int | None:
    """Add two teams with their meetings and files, once; return how many files. None when already there.

    Source: `chemin`. Needs the accounts, the regimes and the population of the demonstration.
    """
    comptes = {u.courriel.split("@")[0]: u for u in Utilisateur.objects.filter(courriel__endswith=DOMAINE)}
    secretaire, decideur = comptes.get(SECRETAIRE.split("@", maxsplit=1)[0]), comptes.get("karim.specimen")
    codes = {r.code: r for r in RegimeJuridique.objects.all()}
    if DossierEP.objects.filter(demonstration=True).exists() or not (secretaire and decideur and codes):
        return None
    lu: dict[str, Any] = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))
    recit = _Recit(lu, jour, [Regime.lire(r) for r in codes.values()], codes, secretaire, decideur)
    territoires = TerritoireAction.objects.filter(departement=DEPARTEMENT, code__in=lu["territoires"]).order_by("-code")
    for territoire in territoires:
        equipe, membres = _equipe(recit, territoire, comptes)
        _dossiers(recit, equipe, membres, _personnes(territoire, jour))
    TransitionDossierEP.objects.bulk_create(recit.etapes)
    ObservationEP.objects.bulk_create(recit.observations)
    AvisEP.objects.bulk_create(recit.avis)
    DecisionEP.objects.bulk_create(recit.decisions)
    RecoursEP.objects.bulk_create(recit.recours)
    return len(recit.dossiers)


def _equipe(recit: _Recit, territoire: TerritoireAction, comptes: dict[str, Any]) -> tuple[Instance, list[Membre]]:
    equipe, _ = Instance.objects.get_or_create(
        departement_id=DEPARTEMENT, nom=recit.lu["nom"], territoire=territoire,
        defaults={"nature": "ep", "niveau": "territorial", "quorum": recit.lu["quorum"], "demonstration": True,
                  "seances_par_an": 4, "frequence_texte": "chaque trimestre"},
    )  # fmt: skip
    equipe.secretaires.add(recit.secretaire)
    membres = Membre.objects.bulk_create(
        [
            Membre(
                instance=equipe, compte=comptes.get(m.get("compte", "")), nom=m.get("nom", ""), qualite=m["qualite"],
                college=m["college"], preside=bool(m.get("preside")), mandat=DateRange(MANDAT, None),
                demonstration=True,
            )
            for m in recit.lu["membres"]
            if m.get("nom") or m["compte"] in comptes
        ]
    )  # fmt: skip
    return equipe, membres


def _personnes(territoire: TerritoireAction, jour: datetime.date) -> list[Personne]:
    """Return fictitious people who live there, those with a named référent first."""
    besoin = SEANCES_PASSEES * len(THEMES) + len(THEMES) + len(HORS_SEANCE)
    ici = Personne.objects.filter(
        fictive=True, archivee_le=None, dossiers_ep=None, adresses__periode__contains=jour,
        adresses__commune__rattachements__territoire=territoire,
        adresses__commune__rattachements__validite__contains=jour,
    ).distinct()  # fmt: skip
    suivies = set(
        AffectationReferent.objects.filter(periode__contains=jour, referent__courriel__endswith=DOMAINE).values_list(
            "personne", flat=True
        )
    )
    lues = list(ici.only("pk", "nom_naissance", "prenoms").order_by("pk")[: besoin * 4])
    return sorted(lues, key=lambda p: (p.pk not in suivies, p.pk))[:besoin][::-1]


def _dossiers(recit: _Recit, equipe: Instance, membres: list[Membre], personnes: list[Personne]) -> None:
    """Write the meetings of a team, oldest first, then the files on the next one and on none."""
    file = iter(personnes)
    debut = len(recit.dossiers)
    for rang in range(SEANCES_PASSEES, -1, -1):
        jour = recit.jour - datetime.timedelta(days=ECART_JOURS * rang - 65) if rang else None
        jour = jour or recit.jour + datetime.timedelta(days=PROCHAINE)
        seance = _seance(recit, equipe, membres, jour, tenue=rang > 0)
        etats = ("inscrit",) * 6 if rang == 0 else DERNIERE if rang == 1 else A_EXAMINER
        for n, (etat, theme, personne) in enumerate(zip(etats, islice(cycle(THEMES), rang, None), file, strict=False)):
            faits = jour - datetime.timedelta(days=75)
            if rang == SEANCES_PASSEES:
                faits = min(faits, DERNIER_REGIME_A)
            recit.dossiers.append(_dossier(recit, equipe, personne, theme, etat, faits, seance=seance, passage=n + 1))
    for (etat, theme, notifiee), personne in zip(HORS_SEANCE, file, strict=False):
        faits = recit.jour - datetime.timedelta(days=notifiee + 20)
        recit.dossiers.append(_dossier(recit, equipe, personne, theme, etat, faits, notifiee=notifiee))
    crees = recit.dossiers[debut:]
    DossierEP.objects.bulk_create(crees)
    for rang, dossier in enumerate(crees):
        _suites(recit, dossier, rang)


def _seance(recit: _Recit, equipe: Instance, membres: list[Membre], jour: datetime.date, *, tenue: bool) -> Seance:
    def instant(heure: str) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(jour, datetime.time.fromisoformat(heure)))

    debut, fin = instant(recit.lu["heure"]), instant(recit.lu["heure_fin"])
    envoi = min(debut - datetime.timedelta(days=21), timezone.now())
    seance = Seance.objects.create(
        instance=equipe, debut=debut, fin=fin, lieu=recit.lu["lieu"], quorum=equipe.quorum, demonstration=True,
        etat="tenue" if tenue else "convoquee", convoquee_le=envoi, ouverte_le=debut if tenue else None,
        close_le=fin if tenue else None,
    )  # fmt: skip
    etapes = [("", "preparee", envoi), ("preparee", "convoquee", envoi)]
    etapes += [("convoquee", "ouverte", debut), ("ouverte", "tenue", fin)] if tenue else []
    TransitionSeance.objects.bulk_create(
        [TransitionSeance(seance=seance, de=de, vers=vers, par=recit.secretaire, le=le) for de, vers, le in etapes]
    )
    PointOrdreDuJour.objects.create(
        seance=seance, ordre=1, titre=POINT, duree_minutes=120, etat="traite" if tenue else "a_venir"
    )
    absent = seance.pk % len(membres)
    Presence.objects.bulk_create(
        [
            Presence(
                seance=seance, membre=m, convoque_le=envoi,
                etat="attendu" if not tenue else "excuse" if rang == absent else "present",
                reponse="" if rang == absent else "oui", repondu_le=None if rang == absent else envoi,
            )
            for rang, m in enumerate(membres)
        ]
    )  # fmt: skip
    return seance


def _dossier(
    recit: _Recit, equipe: Instance, personne: Personne, theme: str, etat: str, faits: datetime.date,
    *, seance: Seance | None = None, passage: int | None = None, notifiee: int = 0,
) -> DossierEP:  # fmt: skip
    regime = regime_au(recit.regimes, faits)
    intention = None
    if contradictoire(theme) and (seance is not None or notifiee):
        avant = recit.jour if seance is None else timezone.localdate(seance.debut)
        intention = avant - datetime.timedelta(days=notifiee or 50)
    return DossierEP(
        personne=personne, instance=equipe, theme=theme, faits_le=faits, expose=recit.lu["exposes"][theme],
        demarches=recit.lu["demarches"] if contradictoire(theme) else "", regime=recit.codes[regime.code],
        territoire=equipe.territoire, personnes_foyer=1 + len(recit.dossiers) % 4, etat=etat, seance=seance,
        passage=passage, soumis_le=None if etat == "brouillon" else faits + datetime.timedelta(days=10),
        intention_le=intention, observations_jusqu_au=fin_contradictoire(regime, intention) if intention else None,
        audition=("", "entendue", "", "absente")[len(recit.dossiers) % 4] if seance and intention else "",
        ouvert_par=recit.decideur, demonstration=True,
    )  # fmt: skip


def _suites(recit: _Recit, dossier: DossierEP, rang: int) -> None:
    """Add what happened to a file up to its state."""
    if dossier.intention_le and rang % 2 and dossier.etat != "contradictoire":
        _observer(recit, dossier, dossier.intention_le + datetime.timedelta(days=6), rang)
    if dossier.etat == "contradictoire" and rang % 2 and dossier.observations_jusqu_au:
        tard = dossier.observations_jusqu_au + datetime.timedelta(days=3)
        if tard <= recit.jour:
            _observer(recit, dossier, tard, rang)
    _tracer(recit, dossier)
    if dossier.etat not in ("examine", "decide", "notifie", "recours", "clos") or dossier.seance is None:
        return
    jour = timezone.localdate(dossier.seance.debut)
    regime = Regime.lire(dossier.regime)
    sens = SENS.get(dossier.theme, SENS_MANQUEMENT)[rang % 3]
    palier = paliers(regime)[0]
    taux = plafond(regime, palier, Foyer(dossier.personnes_foyer))[1 if rang % 2 else 0]
    mesure: dict[str, Any] = {"sens": sens}
    if sens == "sanction":
        mesure |= {"palier": palier.numero, "taux": max(taux, palier.taux_min, 30), "mois": palier.mois_max}
    recit.avis.append(
        AvisEP(
            dossier=dossier, seance=dossier.seance, rendu_le=jour, par=recit.secretaire, unanimite=rang % 3 == 0,
            motivation=_choisi(recit.lu["motivations"][sens], rang), pour=None if rang % 3 == 0 else 3,
            contre=None if rang % 3 == 0 else 1, voix_presentes=4, **mesure,
        )
    )  # fmt: skip
    if dossier.etat != "examine":
        _decider(recit, dossier, regime, mesure, jour, rang)


def _decider(
    recit: _Recit, dossier: DossierEP, regime: Regime, mesure: dict[str, Any], jour: datetime.date, rang: int
) -> None:
    """Add the decision, one out of nine departing from the opinion, its notification, an appeal."""
    ecart = rang % 9 == 3 and mesure["sens"] == "sanction"
    retenue: dict[str, Any] = {"sens": "aucune"} if ecart else mesure
    decidee = jour + datetime.timedelta(days=4)
    notifiee = decidee + datetime.timedelta(days=7) if dossier.etat != "decide" else None
    effet = effet_propose(decidee) if retenue["sens"] == "sanction" else None
    prevu, effet = effet, effet_opposable(effet, notifiee) if effet and notifiee else effet
    recit.decisions.append(
        DecisionEP(
            dossier=dossier, decidee_le=decidee, par=recit.decideur,
            motifs=_choisi(recit.lu["motifs"][retenue["sens"]], rang),
            ecart="La personne a repris contact entre la séance et la décision." if ecart else "",
            personnes_foyer=dossier.personnes_foyer if effet else None, effet_prevu_le=prevu,
            effet_le=effet, fin=fin_de_sanction(effet, retenue.get("mois")) if effet else None, notifiee_le=notifiee,
            recours_jusqu_au=fin_du_recours(regime, notifiee) if notifiee else None, **retenue,
        )
    )  # fmt: skip
    if dossier.etat == "recours" and notifiee:
        recit.recours.append(
            RecoursEP(dossier=dossier, nature="prealable", recu_le=notifiee + datetime.timedelta(days=15),
                      motifs="La personne conteste les dates retenues.")
        )  # fmt: skip


def _choisi(textes: list[str], rang: int) -> str:
    return textes[rang % len(textes)]


def _observer(recit: _Recit, dossier: DossierEP, jour: datetime.date, rang: int) -> None:
    limite = dossier.observations_jusqu_au
    recit.observations.append(
        ObservationEP(
            dossier=dossier, recue_le=jour, forme="ecrit", par=recit.secretaire,
            texte=recit.lu["observations"][rang % 3], tardive=limite is not None and jour > limite,
        )
    )  # fmt: skip


def _tracer(recit: _Recit, dossier: DossierEP) -> None:
    """Add the changes of state that lead where the file stands."""
    suite = [e for e in ETAPES if e != "contradictoire" or dossier.intention_le]
    if dossier.etat in suite:
        suite = suite[: suite.index(dossier.etat) + 1]
    elif dossier.etat in ("retire", "sans_suite"):
        suite = [*(e for e in ("brouillon", "soumis", "contradictoire") if e in suite), dossier.etat]
    else:
        suite.append(dossier.etat)
    jours = {"brouillon": 8, "soumis": 10}
    seance = timezone.localdate(dossier.seance.debut) if dossier.seance else recit.jour
    fixes = {
        "contradictoire": dossier.intention_le, "inscrit": seance - datetime.timedelta(days=21), "examine": seance,
        "decide": seance + datetime.timedelta(days=4), "notifie": seance + datetime.timedelta(days=11),
        "recours": seance + datetime.timedelta(days=26), "clos": seance + datetime.timedelta(days=130),
    }  # fmt: skip
    de = ""
    for vers in suite:
        jour = fixes.get(vers) or dossier.faits_le + datetime.timedelta(days=jours.get(vers, 15))
        le = timezone.make_aware(datetime.datetime.combine(min(jour, recit.jour), datetime.time(10)))
        par = recit.decideur if vers in ("brouillon", "soumis", "decide", "sans_suite") else recit.secretaire
        mots = "Situation régularisée depuis." if vers in ("retire", "sans_suite") else ""
        recit.etapes.append(TransitionDossierEP(dossier=dossier, de=de, vers=vers, par=par, le=le, commentaire=mots))
        de = vers
