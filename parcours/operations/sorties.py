"""Exits: of an action, of the accompaniment, of RSA; their evidence; undoing one entered by mistake."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.droits import lire_avec_acces, peut_suivre
from parcours.droits.sorties import peut_annuler_sortie, peut_lire_sortie, peut_sortir_de_l_action
from parcours.models import (
    AffectationReferent,
    DossierRSA,
    EtatPrescription,
    MembreFoyer,
    Motif,
    NatureMotif,
    NatureSortie,
    Orientation,
    Personne,
    PieceSortie,
    Prescription,
    Sortie,
    SuiviPostSortie,
    TypeSortie,
)
from parcours.regles.sorties import echeances_de_suivi, faute_de_date
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.socle.pieces import effacer_fichiers, garder_piece

from .prescriptions import abandonner, terminer

CHAMPS_JOURNAL = ("nature", "type", "date", "motif", "contrat_travail")
APERCU_PERIME = "Le suivi de cette personne a changé depuis cet aperçu : relisez ce qui sera fermé, puis confirmez."
HORS_REFERENTIEL = "Ce type de sortie n’est pas dans la version du référentiel en vigueur à cette date."
PIECES_MAX = 10


@dataclass(frozen=True)
class SaisieSortie:
    """What every exit says. `contrat_travail` is a code of ContratTravail, empty outside employment."""

    type: TypeSortie
    date: datetime.date
    employeur: str = ""
    contrat_travail: str = ""
    commentaire: str = ""


@dataclass(frozen=True)
class IssueAction:
    """How an action still running ends with the exit: a code of ResultatPrescription, or ABANDON; and its review."""

    resultat: str = ""
    bilan: str = ""


ABANDON = "abandon"


def _finir_l_action(prescription: Prescription, issue: IssueAction, jour: datetime.date, par: Any) -> Prescription:
    """End the action that the exit finds running. Raises RegleMetier without its result and its review."""
    if issue.resultat == ABANDON:
        return abandonner(prescription=prescription, le=jour, commentaire=issue.bilan, par=par)
    return terminer(prescription=prescription, le=jour, resultat=issue.resultat, bilan=issue.bilan, par=par)


def _verrouiller(personne: Personne, par: Any) -> Any:
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    return lire_avec_acces(par, personne.pk) or personne


def _preparer(personne: Personne, nature: str, saisie: SaisieSortie, par: Any, **autres: Any) -> Sortie:
    """Return the exit, unsaved. Raises RegleMetier for a type out of force or a job that is none."""
    if saisie.date not in saisie.type.referentiel.validite:
        raise RegleMetier(HORS_REFERENTIEL, champ="type")
    if not saisie.type.emploi and saisie.contrat_travail:
        raise RegleMetier(
            f"«\u00a0{saisie.type}\u00a0» n’est pas un retour à l’emploi\u00a0: laissez le contrat de travail vide.",
            champ="contrat_travail",
        )
    return Sortie(
        personne_id=personne.pk, nature=nature, type=saisie.type, date=saisie.date, employeur=saisie.employeur.strip(),
        contrat_travail=saisie.contrat_travail, commentaire=saisie.commentaire.strip(), declaree_par=par, **autres,
    )  # fmt: skip


def _ecrire(sortie: Sortie, verbe: str, par: Any, fichier: File[Any] | None, apres: Mapping[str, Any]) -> Sortie:
    enregistrer(sortie)
    journaliser(par=par, verbe=verbe, objet=sortie, apres={**etat_de(sortie, CHAMPS_JOURNAL), **apres})
    if fichier is not None:
        garder_piece(piece=PieceSortie(sortie=sortie), fichier=fichier, par=par, journal=sortie)
    return sortie


@transaction.atomic
def constater_sortie(
    *,
    saisie: SaisieSortie,
    par: Any,
    personne: Personne | None = None,
    prescription: Prescription | None = None,
    issue: IssueAction | None = None,
    fichier: File[Any] | None = None,
) -> Sortie:
    """Record the exit of an action (`prescription`), or of RSA (`personne`).

    An action still running ends the same day, as `issue` says. The accompaniment stays as it is. Raises
    DroitInsuffisant, PasMaintenant (no entry, or an exit already), and RegleMetier (date, type out of force, file).
    """
    jour = timezone.localdate()
    if prescription is not None:
        lue = Prescription.objects.select_for_update(of=("self",)).select_related("personne").get(pk=prescription.pk)
        exiger(peut_sortir_de_l_action(par, lue))
        faute = faute_de_date(saisie.date, jour, [(lue.entree_le, "l’entrée dans l’action")])
        if not faute and lue.fin_le is not None and saisie.date != lue.fin_le:
            faute = f"L’action s’est terminée le {lue.fin_le:%d/%m/%Y}\u00a0: la sortie porte cette date."
        if faute:
            raise RegleMetier(faute, champ="date")
        if lue.etat == EtatPrescription.EN_ACTION:
            lue = _finir_l_action(lue, issue or IssueAction(), saisie.date, par)
        sortie = _preparer(lue.personne, NatureSortie.ACTION, saisie, par, prescription=lue)
        return _ecrire(sortie, "constater_sortie_action", par, fichier, {})
    if personne is None:
        raise ValueError("Une sortie est celle d’une personne, ou d’une prescription.")
    exiger(peut_suivre(par, _verrouiller(personne, par)))
    dossier = _dossier(personne, saisie.date)
    faute = faute_de_date(saisie.date, jour, [(dossier.ouvert_le, "l’ouverture du dossier")] if dossier else [])
    if faute:
        raise RegleMetier(faute, champ="date")
    sortie = _preparer(personne, NatureSortie.RSA, saisie, par, dossier=dossier)
    return _ecrire(sortie, "constater_sortie_rsa", par, fichier, {})


def _dossier(personne: Personne, jour: datetime.date) -> DossierRSA | None:
    """Return the latest file of the household she lived in on `jour`, else of those she left."""
    dossiers = DossierRSA.objects.order_by("-demande_le", "-pk")
    ici = MembreFoyer.objects.filter(personne=personne, periode__contains=jour).values("foyer")
    return dossiers.filter(foyer__in=ici).first() or dossiers.filter(foyer__membres__personne=personne).first()


@dataclass(frozen=True)
class Fermetures:
    """What ending an accompaniment on a day closes; `empreinte` names it, so that a confirmation is about it alone."""

    affectation: AffectationReferent | None
    orientation: Orientation | None

    @property
    def empreinte(self) -> str:
        """Return the keys and bounds of what will be closed."""
        return "|".join(f"{p.pk}:{p.periode.upper or ''}" if p else "-" for p in (self.affectation, self.orientation))

    @property
    def vide(self) -> bool:
        """Return whether nothing is running: there is no accompaniment to end."""
        return self.affectation is None and self.orientation is None


def fermetures(personne: Personne, jour: datetime.date, *, verrou: bool = False) -> Fermetures:
    """Return the appointment and the orientation in force on `jour`. Two queries."""
    affectations = AffectationReferent.objects.filter(personne=personne.pk, periode__contains=jour)
    orientations = Orientation.objects.filter(personne=personne.pk, periode__contains=jour)
    if verrou:
        affectations = affectations.select_for_update(of=("self",))
        orientations = orientations.select_for_update(of=("self",))
    return Fermetures(
        affectations.select_related("referent", "structure").first(), orientations.select_related("structure").first()
    )


def _fermer(periode: Any, lendemain: datetime.date) -> dict[str, Any]:
    """Bring the half-open range of an appointment or an orientation to end; return what was there."""
    avant = {"id": periode.pk, "fin": periode.periode.upper.isoformat() if periode.periode.upper else None}
    periode.periode = DateRange(periode.periode.lower, lendemain)
    return avant


@transaction.atomic
def terminer_accompagnement(
    *,
    personne: Personne,
    saisie: SaisieSortie,
    motif: Motif,
    par: Any,
    confirmee: str | None = None,
    fichier: File[Any] | None = None,
) -> Sortie:
    """End the accompaniment on `saisie.date`, its last day: référent and orientation are closed with it.

    `confirmee` is the `Fermetures.empreinte` that was shown; None skips the check (imports). Follow-ups are planned
    after an exit to employment. Raises DroitInsuffisant, and RegleMetier: nothing to end, another preview, date.
    """
    exiger(peut_suivre(par, _verrouiller(personne, par)))
    faute = faute_de_date(saisie.date, timezone.localdate())
    if faute:
        raise RegleMetier(faute, champ="date")
    if motif.nature != NatureMotif.FIN_ACCOMPAGNEMENT or saisie.date not in motif.validite:
        raise RegleMetier("Choisissez un motif de fin d’accompagnement en vigueur à cette date.", champ="motif")
    a_fermer = fermetures(personne, saisie.date, verrou=True)
    if a_fermer.vide:
        raise RegleMetier("Cette personne n’a ni référent ni orientation à cette date.", champ="date")
    if confirmee is not None and confirmee != a_fermer.empreinte:
        raise RegleMetier(APERCU_PERIME)
    affectation, orientation = a_fermer.affectation, a_fermer.orientation
    suivie = affectation or orientation
    sortie = _preparer(
        personne, NatureSortie.ACCOMPAGNEMENT, saisie, par, motif=motif, structure=suivie and suivie.structure,
        referent=affectation.referent if affectation else None,
    )  # fmt: skip
    lendemain = saisie.date + datetime.timedelta(days=1)
    if affectation:
        sortie.fermetures["affectation"] = _fermer(affectation, lendemain) | {"motif_fin": affectation.motif_fin_id}
        fin = Motif.objects.filter(nature=NatureMotif.FIN_REFERENT, code="fin_accompagnement").first()
        affectation.motif_fin = fin or affectation.motif_fin
        affectation.save(update_fields=["periode", "motif_fin"])
    if orientation:
        sortie.fermetures["orientation"] = _fermer(orientation, lendemain)
        orientation.save(update_fields=["periode"])
    ferme = {"référent": affectation, "orientation": orientation}
    _ecrire(sortie, "terminer_accompagnement", par, fichier, {k: str(v) for k, v in ferme.items() if v})
    if saisie.type.emploi:
        SuiviPostSortie.objects.bulk_create(
            SuiviPostSortie(sortie=sortie, mois=mois, du_le=du) for mois, du in echeances_de_suivi(saisie.date)
        )
    return sortie


def _rouvrir(sortie: Sortie) -> None:
    """Give back their bounds to the periods the exit closed. Raises RegleMetier when something began since."""
    lendemain = sortie.date + datetime.timedelta(days=1)
    for cle, modele, quoi in (
        ("affectation", AffectationReferent, "Un référent a été désigné"),
        ("orientation", Orientation, "Une orientation a été décidée"),
    ):
        avant = sortie.fermetures.get(cle)
        if not avant:
            continue
        fermee: Any = modele._default_manager.select_for_update(of=("self",)).filter(pk=avant["id"]).first()
        if fermee is None or fermee.periode.upper != lendemain:
            continue  # changed since by someone else: theirs stands
        fin = datetime.date.fromisoformat(avant["fin"]) if avant["fin"] else None
        voulue = DateRange(fermee.periode.lower, fin)
        autres = modele._default_manager.filter(personne=sortie.personne_id, periode__overlap=voulue)
        if autres.exclude(pk=fermee.pk).exists():
            raise RegleMetier(f"{quoi} depuis cette sortie\u00a0: elle ne peut plus être annulée.")
        fermee.periode = voulue
        champs = ["periode"]
        if cle == "affectation":
            fermee.motif_fin_id = avant.get("motif_fin")
            champs.append("motif_fin")
        fermee.save(update_fields=champs)


@transaction.atomic
def annuler_sortie(*, sortie: Sortie, motif: str, par: Any) -> None:
    """Undo an exit entered by mistake: it counts nowhere any more, what it closed is open again.

    Its follow-ups and its evidence go with it; the journal keeps what it said, and why. Raises DroitInsuffisant, and
    RegleMetier without a motive, or when a référent or an orientation came since.
    """
    lue = Sortie.objects.select_for_update(of=("self",)).select_related("personne", "type", "motif").get(pk=sortie.pk)
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=lue.personne_id)
    exiger(peut_annuler_sortie(par, lue))
    if len(motif.strip()) < 5:
        raise RegleMetier("Dites pourquoi cette sortie est annulée.", champ="motif")
    _rouvrir(lue)
    recueillis = lue.suivis.exclude(situation="").count()
    journaliser(
        par=par, verbe="annuler_sortie", objet=lue, commentaire=motif.strip(),
        avant={**etat_de(lue, CHAMPS_JOURNAL), "suivis recueillis": recueillis},
    )  # fmt: skip
    effacer_fichiers(piece.fichier for piece in lue.pieces.all())
    lue.delete()


@transaction.atomic
def ajouter_justificatif(*, sortie: Sortie, fichier: File[Any], par: Any) -> PieceSortie:
    """Keep one more evidence file. Raises DroitInsuffisant, and RegleMetier on the file (type, size, number)."""
    exiger(peut_lire_sortie(par, sortie))
    Sortie.objects.select_for_update(of=("self",)).only("pk").get(pk=sortie.pk)
    if sortie.pieces.count() >= PIECES_MAX:
        raise RegleMetier(f"Une sortie a {PIECES_MAX} justificatifs au plus.", champ="fichier")
    return garder_piece(piece=PieceSortie(sortie=sortie), fichier=fichier, par=par, journal=sortie)
