"""Campaigns of the demonstration: past years closed, the current one in progress, with their history."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from actions.figures import points_annuels
from actions.models import (
    Bilan,
    Campagne,
    ChiffreBilan,
    EtatBilan,
    EtatCampagne,
    ExplicationEcart,
    FicheAction,
    Indicateur,
    TransitionBilan,
    TransitionCampagne,
)
from pdi.comptes.models import Utilisateur
from pdi.socle.models import Avis, EntreeJournal

from . import textes
from .source import ASSEMBLEE, CLOTURE, OUVERTURE, RELECTURE, REMISE, Calendrier, Recit, empreinte

ECRAN = "charger_demo"
NON_RENDU = "3.6"  # the one bilan of last year that was never validated
MOTIF_CLOTURE = (
    "La fiche 3.6 a été reprise en comité de pilotage : son bilan sera validé avec celui de l’année suivante."
)
MOTIFS = (
    "Les chiffres sont là, mais on ne voit pas ce qu’ils ont changé pour les personnes. Pouvez-vous le dire ?",
    "L’écart à la cible n’est pas expliqué. Le reste est bon.",
    "Les perspectives ne disent ni avec qui ni pour quand : pouvez-vous préciser ?",
)
MOTIF_2_1 = (
    "L’écart sur la contractualisation n’est pas expliqué. Pouvez-vous distinguer l’effet du changement de règle de "
    "2025 (France Travail entre dans le calcul) et ce qui tient à nos délais ? Le reste est bon."
)
# Where each bilan of the current campaign stands; those left out wait for their first word.
EN_COURS: dict[str, str] = {
    **dict.fromkeys(("1.2", "1.3", "2.2", "3.1", "3.3"), "valide"),
    **dict.fromkeys(("1.1", "2.4", "3.5", "3.6"), "soumis"),
    **dict.fromkeys(("2.1", "3.4"), "a_corriger"),
    **dict.fromkeys(("1.4", "2.6", "3.7"), "en_redaction"),
}


@dataclass
class Lot:
    """Rows to insert, gathered over all the bilans."""

    bilans: list[Bilan] = field(default_factory=list)
    transitions: list[TransitionBilan] = field(default_factory=list)
    explications: list[ExplicationEcart] = field(default_factory=list)
    chiffres: list[ChiffreBilan] = field(default_factory=list)
    journal: list[EntreeJournal] = field(default_factory=list)
    avis: list[Avis] = field(default_factory=list)


def charger_campagnes(
    *, recit: Recit, calendrier: Calendrier, pilotes: Mapping[int, Utilisateur], responsable: Utilisateur
) -> int:
    """Insert the missing campaigns with their bilans; an existing campaign is left alone. Returns how many came."""
    programme = calendrier.programme
    connues = set(Campagne.objects.filter(programme=programme).values_list("annee", flat=True))
    annees = [a for a in (*calendrier.passees, calendrier.courante) if a not in connues]
    if not annees:
        return 0
    fiches = list(FicheAction.objects.filter(programme=programme))
    indicateurs: dict[int, list[Indicateur]] = {}
    for indicateur in Indicateur.objects.filter(fiche__programme=programme, actif=True):
        indicateurs.setdefault(indicateur.fiche_id, []).append(indicateur)
    points = points_annuels(
        [i.pk for liste in indicateurs.values() for i in liste], [programme.annee_debut - 1, *programme.annees]
    )
    campagnes = {
        c.annee: c for c in Campagne.objects.bulk_create(_campagne(a, calendrier, responsable) for a in annees)
    }
    redacteur = _Redacteur(recit, calendrier, points, responsable, Lot())
    for annee, campagne in campagnes.items():
        for fiche in fiches:
            redacteur.ecrire(campagne, fiche, indicateurs.get(fiche.pk, []), pilotes.get(fiche.pk, responsable))
        redacteur.raconter_campagne(campagne, annee)
    lot = redacteur.lot
    Bilan.objects.bulk_create(lot.bilans)
    TransitionBilan.objects.bulk_create(lot.transitions)
    ExplicationEcart.objects.bulk_create(lot.explications)
    ChiffreBilan.objects.bulk_create(lot.chiffres)
    for entree, bilan in zip(lot.journal, redacteur.objets_du_journal, strict=True):
        entree.objet_id, entree.objet_libelle = str(bilan.pk), str(bilan)[:250]
    EntreeJournal.objects.bulk_create(sorted(lot.journal, key=lambda e: e.le))
    for avis, bilan in zip(lot.avis, redacteur.objets_des_avis, strict=True):
        avis.url = bilan.get_absolute_url()
    Avis.objects.bulk_create(lot.avis)
    return len(campagnes)


def _instant(jour: datetime.date, *graine: object) -> datetime.datetime:
    """Return a working hour of `jour`, always the same for the same seed, never in the future."""
    heure = datetime.time(9 + empreinte(*graine, "h", parmi=8), empreinte(*graine, "m", parmi=60))
    moment = timezone.make_aware(datetime.datetime.combine(jour, heure))
    return min(moment, timezone.now() - datetime.timedelta(minutes=1 + empreinte(*graine, "r", parmi=50)))


def _campagne(annee: int, calendrier: Calendrier, responsable: Utilisateur) -> Campagne:
    """Return the campaign of `annee`: closed, or open since three weeks when it is the current one."""
    campagne = Campagne(programme=calendrier.programme, annee=annee, demonstration=True, ouverte_par=responsable)
    if annee < calendrier.courante:
        campagne.ouverture, campagne.soumission_avant, campagne.relecture_avant = (
            calendrier.passee(annee, d) for d in (OUVERTURE, REMISE, RELECTURE)
        )
        campagne.assemblee_avant = datetime.date(annee + 1, *ASSEMBLEE)
        campagne.etat = EtatCampagne.CLOSE
        campagne.close_le = _instant(calendrier.passee(annee, CLOTURE), annee, "close")
        campagne.close_par = responsable
    else:
        campagne.ouverture = calendrier.ouverture
        campagne.soumission_avant = jour_ouvre(calendrier.jour + datetime.timedelta(days=9))
        campagne.relecture_avant = jour_ouvre(campagne.soumission_avant + datetime.timedelta(days=14))
        campagne.assemblee_avant = max(datetime.date(annee + 1, *ASSEMBLEE), jour_ouvre(campagne.relecture_avant))
        campagne.etat = EtatCampagne.OUVERTE
    campagne.ouverte_le = _instant(campagne.ouverture, annee, "ouverte")
    return campagne


def jour_ouvre(jour: datetime.date) -> datetime.date:
    """Return `jour`, or the Monday after a week-end."""
    return jour + datetime.timedelta(days=(7 - jour.weekday()) if jour.weekday() > 4 else 0)


class _Redacteur:
    """Writes the bilans and their history into a lot."""

    def __init__(
        self, recit: Recit, calendrier: Calendrier, points: textes.Points, responsable: Utilisateur, lot: Lot
    ) -> None:
        self.recit, self.calendrier, self.points = recit, calendrier, points
        self.responsable, self.lot = responsable, lot
        self.objets_du_journal: list[Bilan | Campagne] = []
        self.objets_des_avis: list[Bilan] = []

    def ecrire(
        self, campagne: Campagne, fiche: FicheAction, indicateurs: list[Indicateur], pilote: Utilisateur
    ) -> None:
        """Write one bilan: its text, its frozen figures, its explanations, its transitions."""
        annee = campagne.annee
        if annee == self.calendrier.courante:
            etape = EN_COURS.get(fiche.numero, "a_rediger")
        else:
            etape = "soumis" if annee == self.calendrier.courante - 1 and fiche.numero == NON_RENDU else "valide"
        bilan = Bilan(campagne=campagne, fiche=fiche, demonstration=True)
        self.lot.bilans.append(bilan)
        self._geler(bilan, indicateurs)
        self._passer(bilan, "", EtatBilan.A_RENSEIGNER, self.responsable, campagne.ouverte_le, "")
        if etape == "a_rediger":
            return
        bilan.realisations = textes.realisations(fiche, indicateurs, self.points, annee, self.recit, self.calendrier)
        redige = self._date(campagne, "redige", fiche)
        bilan.modifie_le, bilan.modifie_par, bilan.version = redige, pilote, 2
        if etape == "en_redaction":
            return
        bilan.perspectives = textes.perspectives(fiche, annee, self.recit)
        self._expliquer(bilan, indicateurs, etape)
        if fiche.numero == "2.1" and annee == self.calendrier.courante - 1:
            bilan.evolution_proposee = True
            bilan.changement_propose = (
                "Deuxième étape : écrire « quinze jours » à la place de « délai restant à fixer »."
            )
        self._circuit(bilan, etape, pilote)

    def _circuit(self, bilan: Bilan, etape: str, pilote: Utilisateur) -> None:
        """Submit, send back, validate, at dates in order."""
        campagne, fiche = bilan.campagne, bilan.fiche
        soumis = self._date(campagne, "soumis", fiche)
        renvoi = etape == "a_corriger" or (etape == "valide" and empreinte(fiche.numero, campagne.annee, parmi=4) == 0)
        self._passer(bilan, EtatBilan.A_RENSEIGNER, EtatBilan.SOUMIS, pilote, soumis, "")
        bilan.etat, bilan.soumis_le, bilan.soumis_par = EtatBilan.SOUMIS, soumis, pilote
        self._journaliser(bilan, "soumettre_bilan", pilote, soumis)
        if renvoi:
            motif = MOTIF_2_1 if fiche.numero == "2.1" else MOTIFS[empreinte(fiche.numero, parmi=len(MOTIFS))]
            renvoye = self._date(campagne, "renvoye", fiche)
            self._passer(bilan, EtatBilan.SOUMIS, EtatBilan.A_CORRIGER, self.responsable, renvoye, motif)
            bilan.etat, bilan.renvoye_le, bilan.renvoye_par = EtatBilan.A_CORRIGER, renvoye, self.responsable
            bilan.motif_renvoi = motif
            self._journaliser(bilan, "renvoyer_bilan", self.responsable, renvoye, motif)
            if etape == "a_corriger":
                self._prevenir(
                    bilan, pilote, f"Bilan {campagne.annee} à corriger : fiche {fiche.numero}", motif, renvoye
                )
                return
            soumis = self._date(campagne, "resoumis", fiche)
            self._passer(bilan, EtatBilan.A_CORRIGER, EtatBilan.SOUMIS, pilote, soumis, "")
            bilan.etat, bilan.soumis_le = EtatBilan.SOUMIS, soumis
            self._journaliser(bilan, "soumettre_bilan", pilote, soumis)
        bilan.modifie_le = bilan.soumis_le
        bilan.version += 1
        if etape == "soumis":
            if campagne.annee == self.calendrier.courante:
                titre = f"Bilan {campagne.annee} soumis : fiche {fiche.numero}"
                self._prevenir(bilan, self.responsable, titre, fiche.intitule, soumis)
            return
        valide = self._date(campagne, "valide", fiche)
        self._passer(bilan, EtatBilan.SOUMIS, EtatBilan.VALIDE, self.responsable, valide, "")
        bilan.etat, bilan.valide_le, bilan.valide_par = EtatBilan.VALIDE, valide, self.responsable
        bilan.version += 1
        self._journaliser(bilan, "valider_bilan", self.responsable, valide)

    def _date(self, campagne: Campagne, quoi: str, fiche: FicheAction) -> datetime.datetime:
        """Return when a step of the circuit happened: always in the order of the circuit."""
        graine = (campagne.annee, fiche.numero)
        jitter = empreinte(*graine, parmi=3)
        if campagne.annee == self.calendrier.courante:
            recul = {"redige": 15, "soumis": 12, "renvoye": 8, "resoumis": 5, "valide": 2}[quoi]
            jour = self.calendrier.jour - datetime.timedelta(days=recul - min(jitter, 1))
        else:
            avance = {"redige": -14, "soumis": -11, "renvoye": -7, "resoumis": -3, "valide": 3}[quoi]
            jour = campagne.soumission_avant + datetime.timedelta(days=avance + jitter)
        return _instant(jour_ouvre(jour), *graine, quoi)

    def _geler(self, bilan: Bilan, indicateurs: list[Indicateur]) -> None:
        gele_le = bilan.campagne.ouverte_le or timezone.now()
        for indicateur in indicateurs:
            point = self.points[indicateur.pk][bilan.campagne.annee]
            self.lot.chiffres.append(
                ChiffreBilan(
                    bilan=bilan,
                    indicateur=indicateur,
                    valeur=point.valeur,
                    texte=point.texte,
                    numerateur=point.numerateur,
                    denominateur=point.denominateur,
                    cible=point.cible,
                    gele_le=gele_le,
                )
            )

    def _expliquer(self, bilan: Bilan, indicateurs: list[Indicateur], etape: str) -> None:
        """Explain each missed target; a bilan sent back keeps one explanation to write again."""
        for indicateur in indicateurs:
            point = self.points[indicateur.pk][bilan.campagne.annee]
            if point.atteint is not False:
                continue
            texte, causes = textes.explication(bilan.fiche, indicateur, point, self.recit, self.calendrier)
            if etape == "a_corriger" and "contractualisation" in indicateur.libelle:
                texte, causes = "La situation est la même que dans le bilan précédent.", []
            self.lot.explications.append(
                ExplicationEcart(bilan=bilan, indicateur=indicateur, texte=texte, causes=causes)
            )

    def _passer(
        self, bilan: Bilan, de: str, vers: str, par: Utilisateur, le: datetime.datetime | None, commentaire: str
    ) -> None:
        self.lot.transitions.append(
            TransitionBilan(bilan=bilan, de=de, vers=vers, par=par, le=le or timezone.now(), commentaire=commentaire)
        )

    def _journaliser(
        self, objet: Bilan | Campagne, verbe: str, par: Utilisateur, le: datetime.datetime, commentaire: str = ""
    ) -> None:
        self.objets_du_journal.append(objet)
        self.lot.journal.append(
            EntreeJournal(
                le=le, par=par, ecran=ECRAN, verbe=verbe, objet_type=objet._meta.label_lower, commentaire=commentaire
            )
        )

    def _prevenir(self, bilan: Bilan, qui: Utilisateur, titre: str, texte: str, le: datetime.datetime) -> None:
        self.objets_des_avis.append(bilan)
        self.lot.avis.append(Avis(destinataire=qui, titre=titre, texte=texte, cree_le=le))

    def raconter_campagne(self, campagne: Campagne, annee: int) -> None:
        """Log the opening and the closing of the campaign."""
        ouverte = campagne.ouverte_le or timezone.now()
        etats = [("", EtatCampagne.PREPAREE, ouverte - datetime.timedelta(days=3), "preparer_campagne", "")]
        etats.append((EtatCampagne.PREPAREE, EtatCampagne.OUVERTE, ouverte, "ouvrir_campagne", ""))
        if campagne.close_le:
            motif = MOTIF_CLOTURE if annee == self.calendrier.courante - 1 else ""
            etats.append((EtatCampagne.OUVERTE, EtatCampagne.CLOSE, campagne.close_le, "clore_campagne", motif))
        for de, vers, le, verbe, motif in etats:
            TransitionCampagne.objects.create(
                campagne=campagne, de=de, vers=vers, par=self.responsable, le=le, commentaire=motif
            )
            self._journaliser(campagne, verbe, self.responsable, le, motif)
