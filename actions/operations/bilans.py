"""Writes of a bilan by its pilote: drafts, submission."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.chiffres import chiffres_du_bilan, contenu_du_bilan
from actions.droits import acteurs_du_bilan, peut_ecrire_bilan
from actions.models import Bilan, CauseEcart, ExplicationEcart, TransitionBilan
from actions.querysets import ROLES_GESTION
from actions.regles.bilans import AUTOMATE_BILAN, Manque, manques_pour_soumettre
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import journaliser, prevenir

from .chiffres_bilan import completer_chiffres
from .versions import figer_versions

TEXTES = {
    "realisations": "Ce qui a été fait",
    "perspectives": "Perspectives",
    "evolution_proposee": "La fiche doit évoluer",
    "changement_propose": "Changement proposé",
}
# An automatic save is journaled at most this often: the submission journals the whole text anyway.
PAS_DU_JOURNAL = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class SaisieExplication:
    """What the pilote says of one gap."""

    texte: str = ""
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaisieBilan:
    """What the pilote wrote. `explications`: {indicator id: words and causes}; indicators left out stay as they are."""

    realisations: str = ""
    perspectives: str = ""
    evolution_proposee: bool = False
    changement_propose: str = ""
    explications: Mapping[int, SaisieExplication] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One field that two people wrote differently."""

    champ: str
    libelle: str
    enregistre: str
    saisi: str


class ConflitVersion(RegleMetier):
    """The bilan was saved elsewhere since the form was shown. Nothing is overwritten."""

    def __init__(self, bilan: Bilan, differences: Sequence[Difference]) -> None:
        """Keep the stored bilan and what differs from the rejected text."""
        qui = str(bilan.modifie_par) if bilan.modifie_par else "quelqu’un"
        super().__init__(f"{qui} a enregistré ce bilan entre-temps, ou vous-même dans un autre onglet.")
        self.bilan = bilan
        self.differences = list(differences)


class BilanIncomplet(RegleMetier):
    """The bilan cannot be submitted yet; `manques` says what to write and where."""

    def __init__(self, manques: Sequence[Manque]) -> None:
        """Keep the list, in the order of the page."""
        super().__init__(" ".join(m.message for m in manques), champ=manques[0].champ)
        self.manques = list(manques)


def verrouiller(bilan: Bilan) -> Bilan:
    """Read the bilan again, locked until the end of the transaction."""
    return (
        Bilan.objects.select_for_update(of=("self",))
        .select_related("campagne__programme", "fiche__programme", "modifie_par", "soumis_par")
        .get(pk=bilan.pk)
    )


def saisie_enregistree(bilan: Bilan) -> SaisieBilan:
    """Return what is stored, in the shape of an entry (one query)."""
    return SaisieBilan(
        realisations=bilan.realisations,
        perspectives=bilan.perspectives,
        evolution_proposee=bilan.evolution_proposee,
        changement_propose=bilan.changement_propose,
        explications={e.indicateur_id: SaisieExplication(e.texte, tuple(e.causes)) for e in bilan.explications.all()},
    )


def _en_mots(valeur: Any) -> str:
    if isinstance(valeur, SaisieExplication):
        causes = ", ".join(CauseEcart(c).label for c in valeur.causes)
        return f"{valeur.texte} ({causes})" if causes else valeur.texte
    return {True: "oui", False: "non"}[valeur] if isinstance(valeur, bool) else str(valeur)


def comparer(enregistre: SaisieBilan, saisi: SaisieBilan, indicateurs: Mapping[int, str]) -> list[Difference]:
    """Return the fields that differ. `indicateurs`: {id: label} to name the explanations."""
    paires: list[tuple[str, str, Any, Any]] = [
        (champ, libelle, getattr(enregistre, champ), getattr(saisi, champ)) for champ, libelle in TEXTES.items()
    ]
    for pk, explication in saisi.explications.items():
        ancienne = enregistre.explications.get(pk, SaisieExplication())
        paires.append((f"explication-{pk}", f"Écart : {indicateurs.get(pk, 'indicateur')}", ancienne, explication))
    return [Difference(c, libelle, _en_mots(a), _en_mots(b)) for c, libelle, a, b in paires if a != b]


def _journaliser_brouillon(bilan: Bilan, differences: Sequence[Difference], par: Any, *, automatique: bool) -> None:
    if automatique:
        recente = EntreeJournal.objects.filter(
            objet_type=bilan._meta.label_lower,
            objet_id=str(bilan.pk),
            verbe="enregistrer_bilan",
            par=par,
            le__gte=timezone.now() - PAS_DU_JOURNAL,
        )
        if recente.exists():
            return
    journaliser(
        par=par,
        verbe="enregistrer_bilan",
        objet=bilan,
        avant={d.libelle: d.enregistre for d in differences},
        apres={d.libelle: d.saisi for d in differences},
    )


def _attacher_version(bilan: Bilan, par: Any) -> None:
    """Tie a bilan opened before versions were kept to what its fiche says when it is first written."""
    bilan.version_fiche = figer_versions(
        fiches=[bilan.fiche_id], origine=f"Texte à l’écriture du bilan {bilan.campagne.annee}",
        effet=timezone.localdate(), par=par, demonstration=bilan.demonstration,
    )[bilan.fiche_id]  # fmt: skip
    bilan.save(update_fields=["version_fiche"])


@transaction.atomic
def enregistrer_brouillon(
    *, bilan: Bilan, version: int, saisie: SaisieBilan, par: Any, automatique: bool = False
) -> Bilan:
    """Save what the pilote wrote, if nobody saved since they read `version`; figures still empty are completed.

    Nothing changes when nothing differs. `automatique`: saved by the page itself, journaled at most every quarter
    of an hour. Raises DroitInsuffisant, and ConflitVersion with the differences: the caller gives the text back.
    """
    bilan = verrouiller(bilan)
    exiger(peut_ecrire_bilan(par, bilan))
    indicateurs = dict(bilan.fiche.indicateurs.values_list("pk", "libelle"))
    saisie = SaisieBilan(
        realisations=saisie.realisations.strip(),
        perspectives=saisie.perspectives.strip(),
        evolution_proposee=saisie.evolution_proposee,
        changement_propose=saisie.changement_propose.strip(),
        explications={
            pk: SaisieExplication(e.texte.strip(), tuple(e.causes))
            for pk, e in saisie.explications.items()
            if pk in indicateurs
        },
    )
    differences = comparer(saisie_enregistree(bilan), saisie, indicateurs)
    if version != bilan.version and differences:
        raise ConflitVersion(bilan, differences)
    if not automatique:
        completer_chiffres(bilan=bilan)
    if bilan.version_fiche_id is None:
        _attacher_version(bilan, par)
    if not differences:
        return bilan
    for champ in TEXTES:
        setattr(bilan, champ, getattr(saisie, champ))
    bilan.version += 1
    bilan.modifie_le, bilan.modifie_par = timezone.now(), par
    bilan.save(update_fields=[*TEXTES, "version", "modifie_le", "modifie_par"])
    ExplicationEcart.objects.bulk_create(
        [
            ExplicationEcart(bilan=bilan, indicateur_id=pk, texte=e.texte, causes=list(e.causes))
            for pk, e in saisie.explications.items()
        ],
        update_conflicts=True,
        unique_fields=["bilan", "indicateur"],
        update_fields=["texte", "causes"],
    )
    _journaliser_brouillon(bilan, differences, par, automatique=automatique)
    return bilan


def gestionnaires() -> list[Utilisateur]:
    """Return the accounts that manage the programmes today: they are told of each submission."""
    return list(
        Utilisateur.objects.filter(
            is_active=True,
            habilitations__role=Role.CHARGE_PROGRAMME,
            habilitations__periode__contains=timezone.localdate(),
        ).distinct()
    ) or list(
        Utilisateur.objects.filter(
            is_active=True,
            habilitations__role__in=ROLES_GESTION,
            habilitations__periode__contains=timezone.localdate(),
        ).distinct()
    )


@transaction.atomic
def soumettre_bilan(*, bilan: Bilan, par: Any, version: int | None = None) -> Bilan:
    """Submit the bilan for review: complete, it can no longer be changed unless it is sent back.

    `version`: the one the author confirmed. Raises DroitInsuffisant, TransitionImpossible, BilanIncomplet, and
    ConflitVersion when it was saved since.
    """
    bilan = verrouiller(bilan)
    exiger(peut_ecrire_bilan(par, bilan))
    if version is not None and version != bilan.version:
        raise ConflitVersion(bilan, [])
    completer_chiffres(bilan=bilan)
    contenu = contenu_du_bilan(bilan, chiffres_du_bilan(bilan))
    if manques := manques_pour_soumettre(contenu):
        raise BilanIncomplet(manques)
    changer_etat(
        automate=AUTOMATE_BILAN,
        verbe="soumettre_bilan",
        objet=bilan,
        acteurs=acteurs_du_bilan(par, bilan),
        ligne=TransitionBilan,
        cle="bilan",
        par=par,
        valeurs={"soumis_le": timezone.now(), "soumis_par": par, "version": bilan.version + 1},
    )
    journaliser(
        par=par,
        verbe="soumettre_bilan",
        objet=bilan,
        apres={
            "Ce qui a été fait": bilan.realisations,
            "Perspectives": bilan.perspectives,
            "Changement proposé": bilan.changement_propose,
        }
        | {f"Écart : {libelle}": contenu.explications.get(pk, "") for pk, libelle in contenu.ecarts.items()},
    )
    prevenir(
        destinataires=[u for u in gestionnaires() if u.pk != par.pk],
        titre=f"Bilan {bilan.campagne.annee} soumis : fiche {bilan.fiche.numero}",
        texte=bilan.fiche.intitule,
        url=bilan.get_absolute_url(),
    )
    return bilan
