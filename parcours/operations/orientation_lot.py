"""Orientation of many people at once: a preview with each refusal, then one transaction, by sets."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Func, Value
from django.utils import timezone

from parcours.droits import HORS_PORTEE, avec_acces
from parcours.droits.orientation import ORIENTENT, ORIENTER_RESERVE
from parcours.models import (
    DemandeReorientation,
    EtatDemande,
    Orientation,
    OrigineOrientation,
    Personne,
    TypeOrientation,
)
from parcours.propositions import PropositionDatee, propositions
from parcours.querysets import PersonneQuerySet
from parcours.regles.decision import DEMANDE_EN_ATTENTE, a_raccourcir, faute_de_date, faute_de_motif
from parcours.regles.organismes import faute_d_organisme
from pdi.socle.contexte import ecran_courant
from pdi.socle.droits import OUI, RegleMetier, Verdict, exiger, non
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import prevenir

from .saisie_orientation import SaisieOrientation, accueillants, composer_orientation, mode_quitte, verrouiller_accueil

PAQUET = 1000
SANS_PLACE = "Plus de place dans cette structure : précisez pourquoi pour orienter au-delà."
DEJA_LA = "Déjà orientée ainsi, vers cette structure."


@dataclass(frozen=True)
class Refus:
    """A person the lot leaves as they are, and why (a French sentence, fit for the report)."""

    personne: Personne
    motif: str


@dataclass(frozen=True)
class Retenue:
    """A person the lot orients: what the rules proposed, the orientation that would end."""

    personne: Personne
    proposee: PropositionDatee
    rang: int
    raccourcie: int | None = None
    depassement: bool = False


@dataclass
class RapportLot:
    """What a lot would do, or did. `empreinte` names this very plan: the execution asks for it back."""

    saisie: SaisieOrientation
    retenues: list[Retenue] = field(default_factory=list)
    refus: list[Refus] = field(default_factory=list)

    @property
    def raccourcies(self) -> int:
        """Return how many orientations in force end."""
        return sum(r.raccourcie is not None for r in self.retenues)

    @property
    def depassements(self) -> int:
        """Return how many people go beyond the capacity."""
        return sum(r.depassement for r in self.retenues)

    @property
    def ecarts(self) -> int:
        """Return how many decisions depart from what the rules propose."""
        decide = self.saisie.type_decide
        return sum(r.proposee.proposition.type not in ("", decide) for r in self.retenues)

    @property
    def motifs_de_refus(self) -> list[tuple[str, int]]:
        """Return the reasons of refusal and how many people each leaves out, most frequent first."""
        return Counter(r.motif for r in self.refus).most_common()

    @property
    def empreinte(self) -> str:
        """Return what identifies the plan: who, what ends, where to."""
        s = self.saisie
        plan = [s.type_decide, s.organisme, s.structure.pk, s.mode, s.le, s.motif and s.motif.pk, s.motif_texte]
        texte = repr([str(p) for p in plan] + [(r.personne.pk, r.raccourcie) for r in self.retenues])
        return hashlib.sha256(texte.encode()).hexdigest()


def apercevoir_lot(*, personnes: PersonneQuerySet, saisie: SaisieOrientation, par: Any) -> RapportLot:
    """Return what `orienter_lot` would do of the same people, without writing. A fixed number of queries.

    Places are given in the order of the list, names first. Raises DroitInsuffisant.
    """
    with transaction.atomic():
        return _planifier(personnes, saisie, par, verrou=False)


def _planifier(personnes: PersonneQuerySet, saisie: SaisieOrientation, par: Any, *, verrou: bool) -> RapportLot:
    exiger(_peut_orienter_en_lot(par))
    if dite := faute_d_organisme(saisie.organisme, saisie.structure.nature, saisie.structure.nom):
        raise RegleMetier(dite, champ="organisme")
    lues = avec_acces(Personne.objects.filter(pk__in=personnes.order_by().values("pk")), par)
    lues = lues.defer("nir_chiffre", "nir_empreinte", "recherche")
    if verrou:
        # Locked in the order of the keys, then read in the order of the list: two lots never wait for each other.
        list(Personne.objects.filter(pk__in=lues.values("pk")).select_for_update().order_by("pk").values_list("pk"))
    liste = list(lues.order_by("nom_affiche", "prenoms", "pk"))
    cles = [p.pk for p in liste]
    visibles = set(Personne.objects.visibles_par(par).filter(pk__in=cles).values_list("pk", flat=True))
    orientations: dict[int, list[Orientation]] = {}
    for o in Orientation.objects.filter(personne__in=cles).order_by("pk"):
        orientations.setdefault(o.personne_id, []).append(o)
    en_attente = set(
        DemandeReorientation.objects.filter(personne__in=cles, etat=EtatDemande.EN_ATTENTE).values_list(
            "personne_id", flat=True
        )
    )
    proposees = propositions(cles, saisie.le)
    accueil = verrouiller_accueil(saisie.structure, saisie.le)
    rapport = RapportLot(saisie)
    for personne in liste:
        siennes = orientations.get(personne.pk, [])
        proposee = proposees.get(personne.pk, PropositionDatee())
        quitte = mode_quitte(siennes, saisie.structure, saisie.le)
        depasse = bool(accueil.pleines(saisie.mode, quitte))
        motif = HORS_PORTEE if personne.pk not in visibles else _refus(personne, siennes, proposee, saisie, en_attente)
        if not motif and depasse and not saisie.motif_texte.strip():
            motif = SANS_PLACE
        if motif:
            rapport.refus.append(Refus(personne, motif))
            continue
        accueil.entrer(saisie.mode, quitte)
        raccourcie = a_raccourcir([(o.pk, o.periode) for o in siennes], saisie.le)
        rang = max((o.rang for o in siennes), default=0) + 1
        rapport.retenues.append(Retenue(personne, proposee, rang, raccourcie, depasse))
    return rapport


def _peut_orienter_en_lot(par: Any) -> Verdict:
    return OUI if par.is_authenticated and par.a_role(*ORIENTENT) else non(ORIENTER_RESERVE)


def _refus(
    personne: Any, siennes: list[Orientation], proposee: PropositionDatee, saisie: SaisieOrientation, attente: set[int]
) -> str:
    """Return why this person stays as they are, empty when they may be oriented."""
    if not personne.a_portee:
        return ORIENTER_RESERVE
    if personne.pk in attente:
        return DEMANDE_EN_ATTENTE
    faute = faute_de_date([o.periode for o in siennes], saisie.le, timezone.localdate())
    code = saisie.motif.code if saisie.motif else None
    faute = faute or faute_de_motif(proposee.proposition.type, saisie.type_decide, code, saisie.motif_texte)
    if faute:
        return faute.message
    identique = (saisie.type_decide, saisie.structure.pk, saisie.mode)
    if any((o.type_decide, o.structure_id, o.mode) == identique and saisie.le in o.periode for o in siennes):
        return DEJA_LA
    return ""


@transaction.atomic
def orienter_lot(*, personnes: PersonneQuerySet, saisie: SaisieOrientation, par: Any, empreinte: str) -> RapportLot:
    """Orient every person the preview kept, in one transaction: two writes by set and the journal.

    `empreinte` is the one of the preview the author confirmed. Raises DroitInsuffisant, and RegleMetier when the
    situation changed since, or when nobody can be oriented. The report names each refusal. Source: as `orienter`.
    """
    rapport = _planifier(personnes, saisie, par, verrou=True)
    if rapport.empreinte != empreinte:
        raise RegleMetier("La situation a changé depuis l’aperçu : relisez-le avant de confirmer.")
    if not rapport.retenues:
        raise RegleMetier("Aucune de ces personnes ne peut être orientée ainsi : rien n’a été écrit.")
    Orientation.objects.filter(pk__in=[r.raccourcie for r in rapport.retenues if r.raccourcie]).update(
        periode=Func(Func(F("periode"), function="lower"), Value(saisie.le), function="daterange")
    )
    creees = Orientation.objects.bulk_create([_ligne(r, saisie, par) for r in rapport.retenues], batch_size=PAQUET)
    _journaliser(creees, par)
    prevenir(
        destinataires=[u for u in accueillants(saisie.structure) if u.pk != par.pk],
        titre="Des orientations vous concernent",
        texte=f"{len(creees)} personnes orientées vers {saisie.structure}.",
        url="",
    )
    return rapport


def _ligne(retenue: Retenue, saisie: SaisieOrientation, par: Any) -> Orientation:
    return composer_orientation(
        personne=retenue.personne,
        rang=retenue.rang,
        saisie=saisie,
        origine=OrigineOrientation.LOT,
        proposee=retenue.proposee,
        depassement=retenue.depassement,
        par=par,
    )


def _journaliser(creees: list[Orientation], par: Any) -> None:
    ecran = ecran_courant()
    EntreeJournal.objects.bulk_create(
        [
            EntreeJournal(
                par=par,
                ecran=ecran,
                verbe="orienter",
                objet_type=o._meta.label_lower,
                objet_id=str(o.pk),
                objet_libelle=TypeOrientation(o.type_decide).label,
                apres={"type décidé": TypeOrientation(o.type_decide).label, "structure": str(o.structure)},
                commentaire="Orientation par lot.",
            )
            for o in creees
        ],
        batch_size=PAQUET,
    )
