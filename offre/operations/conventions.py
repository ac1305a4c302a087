"""Writes of conventions: prepare, change, sign, amend, pay, cancel, warn before the end."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.operations.commun import Etat, contraintes_en_francais, en_mots, refuser_si_change, remplacer_lignes
from offre.droits_conventions import (
    acteurs_de_convention,
    peut_amender_convention,
    peut_changer_convention,
    peut_modifier_convention,
    peut_suivre_paiements,
    peut_tenir_conventions,
)
from offre.models import (
    AvenantConvention,
    BaremeConvention,
    Convention,
    EtatConvention,
    MontantConvention,
    ObjectifConvention,
    TransitionConvention,
)
from offre.regles import baremes as regles_baremes
from offre.regles import conventions as regles
from offre.regles.conventions import AUTOMATE_CONVENTION
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.formats import compte, date_longue, dernier_jour, euros, periode, valeur_unite
from pdi.socle.operations import enregistrer, journaliser, prevenir
from pdi.structures.models import Structure

Ligne = Mapping[str, Any]


@dataclass(frozen=True)
class SaisieConvention:
    """What a convention says. `fin` is its last day, None without end. Rows are in the order of the page."""

    numero: str
    intitule: str
    operateur: Structure
    debut: datetime.date
    fin: datetime.date | None = None
    alerte_jours: int = 90
    offres: Sequence[int] = ()
    fiches: Sequence[int] = ()
    montants: Sequence[Ligne] = ()
    objectifs: Sequence[Ligne] = ()
    baremes: Sequence[Ligne] = ()
    regles: Sequence[Ligne] = field(default_factory=tuple)


def etat_convention(convention: Convention) -> dict[str, str]:
    """Return what a convention says, in words: for the lock, the journal and its avenants."""
    return {
        "Numéro": convention.numero,
        "Intitulé": convention.intitule,
        "Opérateur": str(convention.operateur),
        "Période": periode(convention.periode),
        "Alerte avant la fin": compte(convention.alerte_jours, "jour"),
        "Offres": en_mots([str(o) for o in convention.offres.order_by("ordre", "pk")]),
        "Fiches-actions": en_mots([str(f) for f in convention.fiches.order_by("ordre", "pk")]),
        "Montants prévus": en_mots(
            [dire_montant(m) for m in convention.montants.select_related("financeur")]
        ),
        "Objectifs": en_mots(
            [f"{o.annee}, {o.libelle}\u00a0: {valeur_unite(o.cible, o.unite)}" for o in convention.objectifs.all()]
        ),
        "Barèmes": en_mots(
            [f"{b.intitule}\u00a0: {' ; '.join(str(t) for t in regles_baremes.depuis_json(b.tranches))}"
             for b in convention.baremes.all()]
        ),
        "Quotas et règles": en_mots([regles.dire_regle(r) for r in convention.regles]),
    }  # fmt: skip


def dire_montant(montant: MontantConvention) -> str:
    """Return « 2026, CD91 : prévu 12 000 € »."""
    return f"{montant.annee}, {montant.financeur}\u00a0: prévu {_argent(montant.prevu)}"


def _argent(montant: Decimal | None) -> str:
    return "non dit" if montant is None else euros(montant)


def verrouiller(convention: Convention) -> Convention:
    """Read the convention again, locked until the end of the transaction."""
    return Convention.objects.select_for_update(of=("self",)).select_related("operateur").get(pk=convention.pk)


def _ecrire(convention: Convention, saisie: SaisieConvention) -> None:
    """Put what was entered in `convention` and its rows. What was mandated and paid stays with its row."""
    if saisie.fin is not None and saisie.fin < saisie.debut:
        raise RegleMetier("La convention finit avant de commencer.", champ="fin")
    if fautes := regles.fautes_regles(saisie.regles):
        raise RegleMetier(" ".join(fautes), champ="regles")
    for bareme in saisie.baremes:
        if fautes := regles_baremes.fautes(bareme["tranches"]):
            raise RegleMetier(f"Barème « {bareme['intitule']} » : {' '.join(fautes)}", champ="baremes")
    _verifier_annees(saisie)
    fin = None if saisie.fin is None else saisie.fin + datetime.timedelta(days=1)
    ancienne = convention.periode
    convention.numero, convention.intitule = saisie.numero.strip(), saisie.intitule.strip()
    convention.operateur, convention.periode = saisie.operateur, DateRange(saisie.debut, fin)
    convention.alerte_jours = saisie.alerte_jours
    convention.regles = [{k: f"{v:f}" if isinstance(v, Decimal) else v for k, v in r.items()} for r in saisie.regles]
    if ancienne is not None and ancienne.upper != fin:
        convention.alertee_le = None  # another end: another warning
    enregistrer(convention)
    convention.offres.set(saisie.offres)
    convention.fiches.set(saisie.fiches)
    parent = {"convention": convention}
    with contraintes_en_francais(MontantConvention, ObjectifConvention):
        remplacer_lignes(modele=MontantConvention, parent=parent, lignes=saisie.montants)
        objectifs = [o | {"ordre": rang} for rang, o in enumerate(map(dict, saisie.objectifs), 1)]
        remplacer_lignes(modele=ObjectifConvention, parent=parent, lignes=objectifs)
    baremes = [dict(b) | {"tranches": [t.en_json() for t in b["tranches"]]} for b in saisie.baremes]
    remplacer_lignes(modele=BaremeConvention, parent=parent, lignes=baremes)


def _verifier_annees(saisie: SaisieConvention) -> None:
    """Refuse an amount or an objective out of the years of the convention (payments may come the year after)."""
    derniere = saisie.fin.year if saisie.fin else saisie.debut.year + 20
    for lignes, champ, marge in ((saisie.montants, "montants", 1), (saisie.objectifs, "objectifs", 0)):
        for ligne in lignes:
            if not saisie.debut.year <= ligne["annee"] <= derniere + marge:
                raise RegleMetier(
                    f"La convention va de {saisie.debut.year} à {derniere} : {ligne['annee']} n’en est pas.",
                    champ=champ,
                )


@transaction.atomic
def creer_convention(*, saisie: SaisieConvention, par: Any) -> Convention:
    """Prepare a convention: nothing binds anybody until it is signed.

    Raises DroitInsuffisant, and RegleMetier: dates upside down, number already used, scale with a hole or an overlap.
    """
    exiger(peut_tenir_conventions(par))
    convention = Convention(etat=EtatConvention.PROJET)
    _ecrire(convention, saisie)
    TransitionConvention.objects.create(convention=convention, vers=EtatConvention.PROJET, par=par)
    journaliser(par=par, verbe="creer_convention", objet=convention, apres=etat_convention(convention))
    return convention


@transaction.atomic
def modifier_convention(
    *, convention: Convention, saisie: SaisieConvention, par: Any, vue: str | None = None
) -> Convention:
    """Change a draft convention. Raises DroitInsuffisant, PasMaintenant, ConflitVersion, RegleMetier."""
    convention = verrouiller(convention)
    exiger(peut_modifier_convention(par, convention))
    avant = etat_convention(convention)
    refuser_si_change(convention, avant, vue)
    convention.version += 1
    _ecrire(convention, saisie)
    journaliser(par=par, verbe="modifier_convention", objet=convention, avant=avant, apres=etat_convention(convention))
    return convention


@transaction.atomic
def signer_convention(*, convention: Convention, signee_le: datetime.date, par: Any) -> Convention:
    """Record the signature. Raises DroitInsuffisant, PasMaintenant, RegleMetier: incomplete, or in the future."""
    convention = verrouiller(convention)
    exiger(peut_changer_convention(par, convention, "signer_convention"))
    if manques := regles.manques_pour_signer(list(convention.montants.all()), list(convention.objectifs.all())):
        raise RegleMetier(" ".join(manques))
    if signee_le > timezone.localdate():
        raise RegleMetier("Une signature ne se date pas d’avance.", champ="signee_le")
    _changer(convention, "signer_convention", par, {"signee_le": signee_le})
    return convention


@transaction.atomic
def resilier_convention(*, convention: Convention, le: datetime.date, motif: str, par: Any) -> Convention:
    """Cancel a signed convention: its last day becomes `le`. What was done and paid before stays.

    Raises DroitInsuffisant, TransitionImpossible, RegleMetier: no motive, or a day out of its dates.
    """
    convention = verrouiller(convention)
    exiger(peut_changer_convention(par, convention, "resilier_convention"))
    debut, fin = convention.periode.lower, dernier_jour(convention.periode)
    if le < debut or (fin is not None and le > fin):
        raise RegleMetier(
            f"La résiliation prend effet pendant la convention : {periode(convention.periode)}.", champ="le"
        )
    avant = {"Période": periode(convention.periode)}
    nouvelle = DateRange(debut, le + datetime.timedelta(days=1))
    motif = motif.strip()[:250]
    _changer(convention, "resilier_convention", par, {"periode": nouvelle, "motif_resiliation": motif}, motif, avant)
    return convention


def _changer(
    convention: Convention, verbe: str, par: Any, valeurs: Mapping[str, Any], commentaire: str = "",
    avant: Etat | None = None,
) -> None:  # fmt: skip
    changer_etat(
        automate=AUTOMATE_CONVENTION, verbe=verbe, objet=convention, acteurs=acteurs_de_convention(par),
        ligne=TransitionConvention, cle="convention", par=par, commentaire=commentaire,
        valeurs={**valeurs, "version": convention.version + 1},
    )  # fmt: skip
    apres = {"État": convention.get_etat_display(), "Période": periode(convention.periode)}
    journaliser(par=par, verbe=verbe, objet=convention, avant=avant, apres=apres, commentaire=commentaire)


@transaction.atomic
def signer_avenant(
    *, convention: Convention, saisie: SaisieConvention, objet: str, signe_le: datetime.date, effet_le: datetime.date,
    par: Any, vue: str | None = None,
) -> AvenantConvention:  # fmt: skip
    """Change a signed convention by a dated avenant; what each changed line said before and after is kept.

    Raises DroitInsuffisant, PasMaintenant, ConflitVersion, RegleMetier: nothing changes, signature in the future.
    """
    convention = verrouiller(convention)
    exiger(peut_amender_convention(par, convention))
    avant = etat_convention(convention)
    refuser_si_change(convention, avant, vue)
    if signe_le > timezone.localdate():
        raise RegleMetier("Une signature ne se date pas d’avance.", champ="signe_le")
    convention.version += 1
    _ecrire(convention, saisie)
    apres = etat_convention(convention)
    changes = [champ for champ in avant if avant[champ] != apres[champ]]
    if not changes:
        raise RegleMetier("Rien ne change : un avenant modifie au moins une ligne de la convention.")
    avenant = AvenantConvention.objects.create(
        convention=convention, numero=convention.avenants.count() + 1, objet=objet.strip(), signe_le=signe_le,
        effet_le=effet_le, avant={c: avant[c] for c in changes}, apres={c: apres[c] for c in changes},
    )  # fmt: skip
    journaliser(par=par, verbe="signer_avenant", objet=convention, avant=avant, apres=apres, commentaire=objet.strip())
    return avenant


@transaction.atomic
def noter_paiements(
    *, convention: Convention, montants: Iterable[Ligne], par: Any, vue: str | None = None
) -> Convention:
    """Write what was mandated and paid on the rows of a signed convention: `montants` are {"pk", "mandate", "paye"}.

    Raises DroitInsuffisant, PasMaintenant, ConflitVersion, RegleMetier.
    """
    convention = verrouiller(convention)
    exiger(peut_suivre_paiements(par, convention))
    avant = etat_paiements(convention)
    refuser_si_change(convention, avant, vue)
    lus = {m.pk: m for m in convention.montants.select_for_update(of=("self",))}
    for ligne in montants:
        montant = lus.get(ligne["pk"])
        if montant is None:
            raise RegleMetier("Une des lignes a été retirée par quelqu’un d’autre. Rechargez la page pour la revoir.")
        if ligne["paye"] is not None and ligne["paye"] > (ligne["mandate"] or 0):
            raise RegleMetier(f"{montant.annee} : le payé dépasse le mandaté. Notez d’abord le mandat.")
        montant.mandate, montant.paye = ligne["mandate"], ligne["paye"]
    MontantConvention.objects.bulk_update(lus.values(), ["mandate", "paye"])
    journaliser(par=par, verbe="noter_paiements", objet=convention, avant=avant, apres=etat_paiements(convention))
    return convention


def etat_paiements(convention: Convention) -> dict[str, str]:
    """Return what was mandated and paid, in words."""
    return {
        f"{m.annee}, {m.financeur}": f"mandaté {_argent(m.mandate)}, payé {_argent(m.paye)}"
        for m in convention.montants.select_related("financeur")
    }


@transaction.atomic
def alerter_conventions(*, jour: datetime.date) -> int:
    """Tell the service of the conventions that end soon, once for each end. Return how many."""
    proches = list(
        Convention.objects.finissant(jour).filter(alertee_le=None).select_for_update(of=("self",)).order_by("pk")
    )
    service = Utilisateur.objects.filter(
        is_active=True, habilitations__role=Role.CHARGE_PROGRAMME, habilitations__periode__contains=jour
    )
    destinataires = list(service.distinct())
    for convention in proches:
        fin = dernier_jour(convention.periode)
        prevenir(
            destinataires=destinataires, titre=f"La convention {convention.numero} finit bientôt",
            texte=f"Dernier jour : {date_longue(fin)}. Préparez sa suite, ou laissez-la finir.",
            url=convention.get_absolute_url(),
        )  # fmt: skip
    Convention.objects.filter(pk__in=[c.pk for c in proches]).update(alertee_le=jour)
    return len(proches)
