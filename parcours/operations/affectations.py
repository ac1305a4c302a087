"""Référents: appointment, end, capacity. `affectations_lot` does it for many."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, F, Func, Min, Value
from django.utils import timezone

from parcours.droits.affectations import peut_designer_referent, peut_transferer, portefeuilles_visibles
from parcours.models import AffectationReferent, CapaciteReferent, Motif, Orientation, Personne
from parcours.regles.affectations import (
    BINOME_RESERVE,
    BINOME_SEUL,
    GLOBAL,
    PERSONNE_DECEDEE,
    couvrante,
    faute_de_debut,
    faute_de_fin,
)
from pdi.comptes.models import Utilisateur
from pdi.socle.contexte import ecran_courant
from pdi.socle.droits import DroitInsuffisant, RegleMetier, exiger
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir
from pdi.structures.models import Structure

from .rendez_vous_suivis import LAISSER, faire_suivre, rendez_vous_de

CHAMPS = ("structure", "referent", "referent_nom", "binome", "periode")
FIN_SANS_MOTIF = "Dites pourquoi le suivi en cours prend fin."


@dataclass(frozen=True)
class SaisieReferent:
    """An appointment: an account (`referent`) or a name, the structure, the first day; `motif_fin` of what it ends.

    `rendez_vous`: what becomes of those planned with the référent replaced (rendez_vous_suivis.CHOIX).
    """

    structure: Structure
    debut: datetime.date
    referent: Utilisateur | None = None
    referent_nom: str = ""
    binome: Utilisateur | None = None
    motif_fin: Motif | None = None
    rendez_vous: str = LAISSER

    @property
    def qui(self) -> str:
        """Return the référent's name."""
        return str(self.referent) if self.referent else self.referent_nom


class SuiviEnCours(RegleMetier):
    """A référent already follows the person: the author must see it, and confirm that it ends, by its key."""

    def __init__(self, affectation: AffectationReferent, debut: datetime.date) -> None:
        """Keep the appointment that would end the day before `debut`."""
        super().__init__("Un référent suit déjà cette personne : confirmez que son suivi prend fin.")
        self.affectation, self.dernier_jour = affectation, debut - datetime.timedelta(days=1)
        self.meme_jour = affectation.periode.lower == debut
        self.rendez_vous = rendez_vous_de([affectation.pk], debut).count()


@transaction.atomic
def designer_referent(
    *, personne: Personne, saisie: SaisieReferent, par: Any, confirmee: int | None = None
) -> AffectationReferent:
    """Appoint a référent for `personne` from `saisie.debut` on; the one in place stops the day before.

    One appointed from that very day, by mistake, is withdrawn: the log keeps it, and the follow-up it had ended goes on
    when it is the one asked for. `confirmee` is the key of the appointment the author agreed to end. Raises
    DroitInsuffisant; RegleMetier for the date, the binôme, a missing reason; SuiviEnCours. Source: CASF L262-27,
    L262-30.
    """
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    exiger(peut_designer_referent(par, Personne(pk=personne.pk)))
    precedentes = list(personne.affectations.select_related("structure", "referent"))
    _refuser(personne, precedentes, saisie)
    cle = couvrante([(a.pk, a.periode) for a in precedentes], saisie.debut)
    ancienne = next((a for a in precedentes if a.pk == cle), None)
    if ancienne is not None:
        _accepter_la_fin(ancienne, saisie, confirmee)
        faire_suivre(rendez_vous_de([ancienne.pk], saisie.debut), saisie, par)
        _finir(ancienne, saisie, par)
    erreur = ancienne is not None and ancienne.periode.lower == saisie.debut
    reprises = reprendre([personne.pk], saisie, binome=saisie.binome) if erreur else []
    nouvelle = reprises[0] if reprises else _nouvelle(personne, saisie, par)
    commentaire = "Suivi repris." if reprises else f"Fin du suivi par {ancienne}." if ancienne and not erreur else ""
    journaliser(
        par=par, verbe="designer_referent", objet=nouvelle, apres=etat_de(nouvelle, CHAMPS), commentaire=commentaire
    )
    _prevenir([nouvelle.referent, nouvelle.binome], personne, saisie.debut, par)
    return nouvelle


def _nouvelle(personne: Personne, saisie: SaisieReferent, par: Any) -> AffectationReferent:
    nouvelle = AffectationReferent(
        personne=personne, structure=saisie.structure, referent=saisie.referent, referent_nom=saisie.referent_nom,
        binome=saisie.binome, periode=DateRange(saisie.debut, None), designe_par=par,
    )  # fmt: skip
    enregistrer(nouvelle)
    return nouvelle


def _refuser(personne: Personne, precedentes: list[AffectationReferent], saisie: SaisieReferent) -> None:
    if personne.deces_le is not None:
        raise RegleMetier(PERSONNE_DECEDEE)
    faute = faute_de_debut([a.periode for a in precedentes], saisie.debut, timezone.localdate())
    if faute:
        raise RegleMetier(faute, champ="debut")
    if saisie.binome is None:
        return
    if saisie.binome == saisie.referent:
        raise RegleMetier(BINOME_SEUL, champ="binome")
    if not Orientation.objects.au(saisie.debut).filter(personne=personne, mode=GLOBAL).exists():
        raise RegleMetier(BINOME_RESERVE, champ="binome")


def _accepter_la_fin(ancienne: AffectationReferent, saisie: SaisieReferent, confirmee: int | None) -> None:
    meme = (ancienne.referent_id, ancienne.referent_nom, ancienne.structure_id, ancienne.binome_id)
    if meme == (
        saisie.referent and saisie.referent.pk, saisie.referent_nom, saisie.structure.pk,
        saisie.binome and saisie.binome.pk,
    ):  # fmt: skip
        raise RegleMetier(f"{saisie.qui} suit déjà cette personne.")
    if confirmee != ancienne.pk:
        raise SuiviEnCours(ancienne, saisie.debut)
    if saisie.motif_fin is None and ancienne.periode.lower != saisie.debut:
        raise RegleMetier(FIN_SANS_MOTIF, champ="motif_fin")


def _finir(ancienne: AffectationReferent, saisie: SaisieReferent, par: Any) -> None:
    if ancienne.periode.lower == saisie.debut:
        retirer([ancienne], par)
        return
    ancienne.periode = DateRange(ancienne.periode.lower, saisie.debut)
    ancienne.motif_fin = saisie.motif_fin
    ancienne.save(update_fields=["periode", "motif_fin"])


def retirer(erronees: Collection[AffectationReferent], par: Any) -> None:
    """Withdraw appointments that another replaces from their first day, by sets; the log keeps what they said."""
    EntreeJournal.objects.bulk_create(
        EntreeJournal(
            par=par, ecran=ecran_courant(), verbe="retirer_designation", objet_type=e._meta.label_lower,
            objet_id=str(e.pk), objet_libelle=str(e)[:250], avant=etat_de(e, CHAMPS),
            commentaire="Remplacée le jour même.",
        )
        for e in erronees
    )  # fmt: skip
    AffectationReferent.objects.filter(pk__in=[e.pk for e in erronees]).delete()


def reprendre(personnes: Collection[int], saisie: SaisieReferent, **plus: Any) -> list[AffectationReferent]:
    """Reopen, by sets, the follow-ups that a withdrawn appointment had ended, where they are what is asked again."""
    memes = {"referent": saisie.referent, "referent_nom": saisie.referent_nom, "structure": saisie.structure, **plus}
    finies = AffectationReferent.objects.filter(personne__in=personnes, periode__endswith=saisie.debut, **memes)
    cles = list(finies.values_list("pk", flat=True))
    ouverte = Func(Func(F("periode"), function="lower"), Value(None, DateField()), function="daterange")
    AffectationReferent.objects.filter(pk__in=cles).update(periode=ouverte, motif_fin=None)
    return list(AffectationReferent.objects.filter(pk__in=cles).select_related("referent", "structure", "binome"))


def _prevenir(qui: list[Utilisateur | None], personne: Personne, debut: datetime.date, par: Any) -> None:
    """Tell who will follow the person; the title may go by e-mail, it names nobody."""
    prevenir(
        destinataires=[u for u in qui if u is not None and u.pk != par.pk],
        titre="Une personne vous est confiée",
        texte=f"À partir du {debut:%d/%m/%Y}.",
        url=personne.get_absolute_url(),
    )


@transaction.atomic
def terminer_suivi(
    *, affectation: AffectationReferent, dernier_jour: datetime.date, motif: Motif, par: Any
) -> AffectationReferent:
    """End the follow-up of a person on `dernier_jour`, included, without a successor.

    Raises DroitInsuffisant, and RegleMetier when it is over or the date does not hold.
    """
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=affectation.personne_id)
    affectation = AffectationReferent.objects.get(pk=affectation.pk)
    exiger(peut_designer_referent(par, Personne(pk=affectation.personne_id)))
    jour = timezone.localdate()
    if affectation.periode.upper is not None and affectation.periode.upper <= jour:
        raise RegleMetier("Ce suivi est déjà terminé.")
    suivante = AffectationReferent.objects.filter(
        personne=affectation.personne_id, periode__startswith__gt=affectation.periode.lower
    ).aggregate(le=Min("periode__startswith"))["le"]
    faute = faute_de_fin(affectation.periode.lower, dernier_jour, jour, suivante)
    if faute:
        raise RegleMetier(faute, champ="dernier_jour")
    avant = etat_de(affectation, ("periode", "motif_fin"))
    affectation.periode = DateRange(affectation.periode.lower, dernier_jour + datetime.timedelta(days=1))
    affectation.motif_fin = motif
    affectation.save(update_fields=["periode", "motif_fin"])
    journaliser(
        par=par, verbe="terminer_suivi", objet=affectation, avant=avant,
        apres=etat_de(affectation, ("periode", "motif_fin")),
    )  # fmt: skip
    return affectation


@transaction.atomic
def fixer_capacite(*, referent: Utilisateur, places: int | None, par: Any) -> CapaciteReferent | None:
    """Set, from today on, how many people `referent` may follow at once; None removes the limit.

    Raises DroitInsuffisant. A capacity warns, it never refuses: somebody must follow the person.
    """
    exiger(peut_transferer(par))
    if not portefeuilles_visibles(par).filter(pk=referent.pk).exists():
        raise DroitInsuffisant("Ce référent ne suit personne de votre périmètre.")
    jour = timezone.localdate()
    Utilisateur.objects.select_for_update().only("pk").get(pk=referent.pk)
    CapaciteReferent.objects.filter(referent=referent, periode__startswith__gte=jour).delete()
    for ancienne in CapaciteReferent.objects.filter(referent=referent, periode__contains=jour):
        ancienne.periode = DateRange(ancienne.periode.lower, jour)
        ancienne.save(update_fields=["periode"])
    capacite = None
    if places is not None:
        capacite = CapaciteReferent(referent=referent, places=places, periode=DateRange(jour, None))
        enregistrer(capacite)
    journaliser(
        par=par, verbe="fixer_capacite_referent", objet=referent,
        apres={"nombre de personnes": places if places is not None else "sans limite"},
    )  # fmt: skip
    return capacite
