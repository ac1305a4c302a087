"""Conventions, a campaign of statements and realisations of the demonstration: fictitious, marked, told from today."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.models import FicheAction
from offre.lecture_bilans import lignes_des
from offre.models import (
    BaremeConvention,
    BilanOperateur,
    CampagneOperateurs,
    Convention,
    EtatBilanOperateur,
    EtatConvention,
    MontantConvention,
    ObjectifConvention,
    OffreInsertion,
    Realisation,
    TransitionBilanOperateur,
    TransitionConvention,
    TypeRealisation,
)
from offre.regles.bilans import LigneBilan
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.typographie import typographier_tout
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

from .realisations import charger_types

PROGRAMME = "essonne-2022-2026"
DEPARTEMENT = "91"
PART_DEPARTEMENT = Decimal("0.6")
OBJECTIFS = (  # of every convention: label, harmonised indicator (empty: declared by the operator), unit
    ("Entrées dans l’année", "entrees", "nombre"),
    ("Taux d’occupation", "occupation", "%"),
    ("Délai de réponse aux prescriptions", "delai-reponse", "jours"),
    ("Sorties positives", "sorties-positives", "%"),
    ("Participants satisfaits", "", "%"),
)
ETATS = ("valide", "valide", "soumis", "valide", "a_corriger", "valide", "soumis", "valide", "a_renseigner")


@dataclass(frozen=True)
class Bilan:
    """What was added."""

    conventions: int
    bilans: int
    realisations: int


class _Recit:
    """The fixture, and what it names in the base."""

    def __init__(self, chemin: Path, jour: datetime.date) -> None:
        self.lu: dict[str, Any] = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))
        self.jour, self.annee = jour, jour.year
        lues = Structure.objects.filter(departement__in=(DEPARTEMENT, "")) | Structure.objects.filter(departement=None)
        self.structures = {s.nom: s for s in lues} | {s.sigle: s for s in lues if s.sigle}
        self.fiches = {f.numero: f for f in FicheAction.objects.filter(programme__code=PROGRAMME)}
        self.departement = self.structures["CD91"]
        self.cofinanceur = self.structures.get("CAF") or self.departement
        comptes = Utilisateur.objects.filter(demonstration=True).order_by("pk")
        self.service = comptes.filter(habilitations__role=Role.CHARGE_PROGRAMME).first()
        tenues = Habilitation.objects.filter(utilisateur__in=comptes, role=Role.PRESTATAIRE)
        self.operateurs = {h.structure_id: h.utilisateur for h in tenues.select_related("utilisateur")}

    def auteur(self, convention: Convention) -> Utilisateur | None:
        """Return who writes for the operator: its account, else the service, as it does for who has none."""
        return self.operateurs.get(convention.operateur_id, self.service)


@transaction.atomic
def charger_offre_demonstration(*, chemin: Path, jour: datetime.date) -> Bilan | None:
    """Add the fictitious conventions, statements and realisations; None when they are there already.

    People and the catalogue must be loaded: the figures of the statements are counted from them.
    """
    if Convention.objects.filter(demonstration=True).exists() or not OffreInsertion.objects.exists():
        return None
    charger_types()
    recit = _Recit(chemin, jour)
    conventions = _conventions(recit)
    return Bilan(len(conventions), _campagne(recit, conventions), _realisations(recit, conventions))


def _operateurs(recit: _Recit) -> list[tuple[Structure, list[OffreInsertion], str, list[str]]]:
    """Return (operator, its offers, title, fiches), in the order of the catalogue."""
    ecartes = {*recit.lu["sans_convention"], *(s["operateur"] for s in recit.lu["sans_offre"])}
    par_structure: dict[Structure, list[OffreInsertion]] = {}
    for offre in OffreInsertion.objects.publiees().prefetch_related("operateurs", "fiches").order_by("ordre", "pk"):
        for structure in offre.operateurs.all():
            if structure.sigle not in ecartes and structure.nom not in ecartes:
                par_structure.setdefault(structure, []).append(offre)
    lus = [(s, o, o[0].intitule, [f.numero for x in o for f in x.fiches.all()]) for s, o in par_structure.items()]
    seuls: list[tuple[Structure, list[OffreInsertion], str, list[str]]] = [
        (recit.structures[s["operateur"]], [], s["intitule"], s["fiches"])
        for s in recit.lu["sans_offre"]
        if s["operateur"] in recit.structures
    ]
    return [*seuls, *lus]


def _conventions(recit: _Recit) -> list[Convention]:
    """Write one convention an operator, and its rows, an insertion a table."""
    lus, premiere = _operateurs(recit), recit.annee - 1
    conventions = []
    for rang, (structure, _offres, intitule, _fiches) in enumerate(lus):
        etat, fin = _etat(rang, len(lus)), recit.annee + (0 if rang % 3 == 0 else 1)
        debut = datetime.date(recit.annee + 1, 1, 1) if etat == EtatConvention.PROJET else datetime.date(premiere, 1, 1)
        fin = max(fin, debut.year)
        resiliee = etat == EtatConvention.RESILIEE
        conventions.append(
            Convention(
                numero=f"{debut.year}-PDI-{rang + 1:02d}", intitule=intitule[:200], operateur=structure,
                periode=DateRange(debut, datetime.date(fin + 1, 1, 1) if not resiliee else recit.jour), etat=etat,
                signee_le=None if etat == EtatConvention.PROJET else datetime.date(premiere - 1, 12, 10 + rang % 10),
                motif_resiliation="L’opérateur cesse son activité dans le département." if resiliee else "",
                regles=[
                    {"type": "places", "libelle": "", "quantite": str(8 + rang % 5 * 3)},
                    {"type": "part", "libelle": "bénéficiaires du RSA", "quantite": "60"},
                ],
                alerte_jours=90, demonstration=True,
            )
        )  # fmt: skip
    Convention.objects.bulk_create(conventions)
    TransitionConvention.objects.bulk_create(_transitions(recit, conventions))
    liens_offres, liens_fiches = Convention.offres.through, Convention.fiches.through
    liens_offres._default_manager.bulk_create(
        [liens_offres(convention=c, offreinsertion=o) for c, lu in zip(conventions, lus, strict=True) for o in lu[1]]
    )
    liens_fiches._default_manager.bulk_create(
        [
            liens_fiches(convention=c, ficheaction=recit.fiches[numero])
            for c, lu in zip(conventions, lus, strict=True)
            for numero in dict.fromkeys(lu[3])
            if numero in recit.fiches
        ]
    )
    montants, objectifs = [], []
    for rang, (convention, lu) in enumerate(zip(conventions, lus, strict=True)):
        categorie = lu[1][0].categorie if lu[1] else "emploi"
        montants += _montants(recit, convention, rang, Decimal(recit.lu["montants"][categorie]))
        objectifs += _objectifs(convention, rang)
    MontantConvention.objects.bulk_create(montants)
    ObjectifConvention.objects.bulk_create(objectifs)
    bareme = dict(recit.lu["bareme"])
    numero = bareme.pop("offre")
    BaremeConvention.objects.bulk_create(
        [
            BaremeConvention(convention=c, **bareme)
            for c, lu in zip(conventions, lus, strict=True)
            if any(o.numero == numero for o in lu[1])
        ]
    )
    return conventions


def _etat(rang: int, total: int) -> str:
    """Return the state of a convention: the last two are a draft and a cancelled one."""
    if rang == total - 1:
        return EtatConvention.PROJET
    return EtatConvention.RESILIEE if rang == total - 2 else EtatConvention.SIGNEE


def _transitions(recit: _Recit, conventions: list[Convention]) -> list[TransitionConvention]:
    def a(jour: datetime.date) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(jour, datetime.time(10)))

    lignes = []
    for c in conventions:
        pas = [("", EtatConvention.PROJET, (c.signee_le or recit.jour) - datetime.timedelta(days=30), "")]
        if c.signee_le:
            pas.append((EtatConvention.PROJET, EtatConvention.SIGNEE, c.signee_le, ""))
        if c.etat == EtatConvention.RESILIEE:
            pas.append((EtatConvention.SIGNEE, EtatConvention.RESILIEE, recit.jour, c.motif_resiliation))
        lignes += [
            TransitionConvention(convention=c, de=de, vers=vers, par=recit.service, le=a(jour), commentaire=mot)
            for de, vers, jour, mot in pas
        ]
    return lignes


def _annees(convention: Convention) -> range:
    return range(convention.periode.lower.year, convention.periode.upper.year + (convention.etat == "resiliee"))


def _montants(recit: _Recit, convention: Convention, rang: int, base: Decimal) -> list[MontantConvention]:
    """Return the money: past years mandated and paid, the current one in part, the next one planned only."""
    lignes = []
    for annee in _annees(convention):
        total = base + rang * 1500
        for financeur, part in ((recit.departement, PART_DEPARTEMENT), (recit.cofinanceur, 1 - PART_DEPARTEMENT)):
            prevu = (total * part).quantize(Decimal(1))
            mandate = prevu * Decimal("0.95") if annee < recit.annee else prevu * Decimal("0.6")
            lignes.append(
                MontantConvention(
                    convention=convention, annee=annee, financeur=financeur, prevu=prevu,
                    mandate=None if annee > recit.annee else mandate,
                    paye=None if annee > recit.annee else mandate * (1 if annee < recit.annee else Decimal("0.5")),
                )
            )  # fmt: skip
    return lignes


def _objectifs(convention: Convention, rang: int) -> list[ObjectifConvention]:
    """Return the same harmonised objectives for all, with targets of their own, and a declared one."""
    cibles = (6 + rang % 4, 70 + rang % 3 * 5, 10, 45 + rang % 4 * 5, 80)
    return [
        ObjectifConvention(
            convention=convention, annee=annee, libelle=libelle, calcul=calcul, cible=cible, unite=unite, ordre=ordre
        )
        for annee in _annees(convention)
        for ordre, ((libelle, calcul, unite), cible) in enumerate(zip(OBJECTIFS, cibles, strict=True), 1)
    ]


def _campagne(recit: _Recit, conventions: list[Convention]) -> int:
    """Write last year's campaign: most statements validated, some to read, some sent back."""
    annee, jour = recit.annee - 1, recit.jour
    campagne = CampagneOperateurs.objects.create(
        annee=annee, ouverte_le=jour - datetime.timedelta(days=40), limite_saisie=jour + datetime.timedelta(days=12),
        limite_validation=jour + datetime.timedelta(days=40),
    )  # fmt: skip
    concernees = [c for c in conventions if annee in _annees(c)]
    bilans = BilanOperateur.objects.bulk_create([BilanOperateur(campagne=campagne, convention=c) for c in concernees])
    lignes, lu = lignes_des(bilans), recit.lu
    transitions = []
    for rang, bilan in enumerate(bilans):
        # The first convention is that of the operator's demonstration account: something waits for it.
        etat = "a_corriger" if rang == 0 else ETATS[rang % len(ETATS)]
        quand = timezone.now() - datetime.timedelta(days=20 - rang % 10)
        transitions.append(TransitionBilanOperateur(bilan=bilan, vers="a_renseigner", par=recit.service,
                                                    le=quand - datetime.timedelta(days=15)))  # fmt: skip
        if etat == "a_renseigner" or recit.service is None:
            continue
        _remplir(bilan, lignes[bilan.pk], lu, rang)
        bilan.soumis_le, bilan.soumis_par = quand, recit.auteur(bilan.convention)
        suite = [("a_renseigner", "soumis", "")]
        if etat == "a_corriger":
            bilan.motif_renvoi = lu["renvoi"]
            suite.append(("soumis", "a_corriger", lu["renvoi"]))
        if etat == "valide":
            bilan.valide_le, bilan.valide_par = quand + datetime.timedelta(days=3), recit.service
            suite.append(("soumis", "valide", ""))
        bilan.etat = EtatBilanOperateur(etat)
        transitions += [
            TransitionBilanOperateur(bilan=bilan, de=de, vers=vers, commentaire=mot,
                                     par=bilan.soumis_par if vers == "soumis" else recit.service,
                                     le=quand + datetime.timedelta(days=3 * pas))
            for pas, (de, vers, mot) in enumerate(suite)
        ]  # fmt: skip
    champs = ["etat", "chiffres", "explications", "realisations", "difficultes", "perspectives", "soumis_le",
              "soumis_par", "motif_renvoi", "valide_le", "valide_par"]  # fmt: skip
    BilanOperateur.objects.bulk_update(bilans, champs)
    TransitionBilanOperateur.objects.bulk_create(transitions)
    return len(bilans)


def _remplir(bilan: BilanOperateur, lignes: list[LigneBilan], lu: dict[str, Any], rang: int) -> None:
    """Write what the operator says, and freeze the lines."""
    for (_libelle, calcul, _unite), ligne in zip(OBJECTIFS, lignes, strict=True):
        phrases = lu["explications"][calcul]
        dit = {"valeur": str(72 + (rang * 7) % 24) if ligne.declaree else "", "texte": ""}
        valeur = Decimal(dit["valeur"]) if ligne.declaree else ligne.valeur
        if valeur is None or (ligne.atteint is not True and not ligne.declaree) or (ligne.declaree and valeur < 80):
            dit["texte"] = phrases[rang % len(phrases)]
        if any(dit.values()):
            bilan.explications[ligne.cle] = dit
    bilan.realisations, bilan.difficultes, bilan.perspectives = lu["faits"], lu["difficultes"], lu["perspectives"]
    bilan.chiffres = [_gelee(ligne, bilan.explications.get(ligne.cle, {})).en_json() for ligne in lignes]


def _gelee(ligne: LigneBilan, dit: dict[str, str]) -> LigneBilan:
    """Return a line with what the operator typed."""
    lue = ligne.en_json() | {"explication": dit.get("texte", "")}
    if ligne.declaree and dit.get("valeur"):
        lue["valeur"] = dit["valeur"]
    return LigneBilan.depuis_json(lue)


def _realisations(recit: _Recit, conventions: list[Convention]) -> int:
    """Write realisations of each kind, last year and this one."""
    types = {t.code: t for t in TypeRealisation.objects.all()}
    territoires = {t.code: t for t in TerritoireAction.objects.filter(departement=DEPARTEMENT)}
    par_operateur = {c.operateur_id: c for c in conventions if c.etat != EtatConvention.PROJET}
    lignes = []
    for genre in recit.lu["realisations"]:
        structure = recit.structures.get(genre["structure"])
        if structure is None or genre["type"] not in types:
            continue
        for annee in (recit.annee - 1, recit.annee):
            for rang, nom in enumerate(genre["noms"]):
                debut = datetime.date(annee, 1 + (rang * 2 + 1) % 12, 5 + rang)
                if debut > recit.jour:
                    continue
                lignes.append(
                    Realisation(
                        type=types[genre["type"]], intitule=nom, structure=structure, debut=debut,
                        territoire=territoires.get(genre["territoire"] or ""), fiche=recit.fiches.get(genre["fiche"]),
                        convention=par_operateur.get(structure.pk), saisie_par=recit.service, demonstration=True,
                        valeurs={c: str(v[rang]) for c, v in genre["valeurs"].items()},
                    )
                )  # fmt: skip
    return len(Realisation.objects.bulk_create(lignes))
