"""Appointment of one référent for many people: judged by one query, written by sets, in one transaction."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, CharField, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone

from parcours.droits import HORS_PORTEE
from parcours.droits.affectations import encadrees, peut_transferer
from parcours.models import AffectationReferent, CapaciteReferent, Orientation, Personne
from parcours.querysets import PersonneQuerySet
from parcours.regles.affectations import PERSONNE_DECEDEE
from parcours.regles.lots import Apercu, empreinte_de
from pdi.socle.contexte import ecran_courant
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import prevenir

from .affectations import SaisieReferent, reprendre, retirer
from .rendez_vous_suivis import annoncer, faire_suivre, rendez_vous_de

PAQUET = 1000
NOMMEES = 3  # structures said by name in a preview
DEJA = "Déjà suivie par ce référent."
POSTERIEURE = "Un référent est désigné à partir de cette date ou après."
SANS_MOTIF = "Suivie par un autre référent : indiquez un motif de fin pour le remplacer."
CHANGE = "La situation a changé depuis l’aperçu : relisez-le avant de confirmer. Rien n’a été écrit."
PERSONNE_RETENUE = "Aucune de ces personnes ne peut être confiée ainsi : rien n’a été écrit."


def _apres(debut: datetime.date) -> dict[str, datetime.date]:
    """Return the condition on those that stand in the way; one that begins that day, not past yet, is replaced."""
    borne = "gt" if debut >= timezone.localdate() else "gte"
    return {f"periode__startswith__{borne}": debut}


def _jugees(personnes: PersonneQuerySet, saisie: SaisieReferent, par: Any) -> Any:
    """Annotate each person with `motif` (why they are left out), `finie` (what ends) and `finie_debut` (its day)."""
    toutes = AffectationReferent.objects.filter(personne=OuterRef("pk"))
    courante = toutes.filter(periode__contains=saisie.debut)
    meme = courante.filter(referent=saisie.referent, referent_nom=saisie.referent_nom, structure=saisie.structure)
    cas = [
        When(~Q(pk__in=encadrees(par).values("pk")), then=Value(HORS_PORTEE)),
        When(deces_le__isnull=False, then=Value(PERSONNE_DECEDEE)),
        When(Exists(meme), then=Value(DEJA)),
        When(Exists(toutes.filter(**_apres(saisie.debut))), then=Value(POSTERIEURE)),
    ]
    if saisie.motif_fin is None:
        cas.append(When(Exists(courante), then=Value(SANS_MOTIF)))
    return personnes.order_by().annotate(
        motif=Case(*cas, default=Value(""), output_field=CharField()), finie=Subquery(courante.values("pk")[:1]),
        finie_debut=Subquery(courante.values("periode__startswith")[:1]),
    )  # fmt: skip


def apercevoir_designation(*, personnes: PersonneQuerySet, saisie: SaisieReferent, par: Any) -> Apercu:
    """Return what `designer_lot` would do of `personnes`, without writing. Raises DroitInsuffisant."""
    exiger(peut_transferer(par))
    lignes = list(_jugees(personnes, saisie, par).order_by("pk").values_list("pk", "motif", "finie", "finie_debut"))
    apercu = Apercu([pk for pk, motif, *_ in lignes if not motif])
    for pk, motif, *_ in lignes:
        if motif:
            apercu.ecartees.setdefault(motif, []).append(pk)
    finies = [finie for _, motif, finie, _ in lignes if not motif and finie is not None]
    apercu.erronees = [finie for _, motif, finie, le in lignes if not motif and le == saisie.debut]
    plan: list[Any] = [saisie.structure.pk, saisie.referent and saisie.referent.pk, saisie.referent_nom, saisie.debut]
    touches = rendez_vous_de(finies, saisie.debut)
    plan += [saisie.motif_fin and saisie.motif_fin.pk, saisie.rendez_vous]
    rendez_vous = list(touches.order_by("pk").values_list("pk", flat=True))
    apercu.empreinte = empreinte_de(plan, apercu.retenues, finies, rendez_vous)
    apercu.remplacees = finies
    apercu.constats = _constats(apercu, saisie)
    annonces, alertes = annoncer(len(rendez_vous), touches, saisie)
    apercu.constats += annonces
    apercu.alertes += alertes
    return apercu


def _orientees_ailleurs(apercu: Apercu, saisie: SaisieReferent) -> list[str]:
    """Return how many of those kept are oriented to another structure than that of the référent, and to which."""
    autres = (
        Orientation.objects.au(saisie.debut).filter(personne__in=apercu.retenues).exclude(structure=saisie.structure)
    )
    lues = list(autres.values_list("structure__nom").annotate(n=Count("pk")).order_by("-n", "structure__nom"))
    if not lues:
        return []
    nommees = ", ".join(f"{nom} ({n})" for nom, n in lues[:NOMMEES]) + (", et d’autres" if len(lues) > NOMMEES else "")
    total = compte(sum(n for _, n in lues), "est orientée", "sont orientées")
    return [f"{total} vers une autre structure que la sienne\u00a0: {nommees}. Leur orientation ne change pas."]


def _constats(apercu: Apercu, saisie: SaisieReferent) -> list[str]:
    """Return what the author must know before confirming."""
    qui = f"{saisie.qui} ({saisie.structure}) à partir du {saisie.debut:%d/%m/%Y}"
    dites = [f"{compte(len(apercu.retenues), 'personne')}\u00a0: {qui}."]
    erronees = len(apercu.erronees)
    if erronees:
        dites.append(f"{compte(erronees, 'désignation')} du même jour à retirer\u00a0: seul le journal en garde trace.")
    if len(apercu.remplacees) > erronees:
        dites.append(f"{compte(len(apercu.remplacees) - erronees, 'suivi')} en cours\u00a0: fin la veille.")
    dites += _orientees_ailleurs(apercu, saisie)
    if saisie.referent is None:
        return dites
    deja = AffectationReferent.objects.filter(referent=saisie.referent, periode__contains=saisie.debut).count()
    total = deja + len(apercu.retenues)
    capacite = CapaciteReferent.objects.filter(referent=saisie.referent, periode__contains=saisie.debut).first()
    phrase = f"{saisie.qui}\u00a0: {compte(total, 'personne suivie', 'personnes suivies')} en tout"
    if capacite is not None and total > capacite.places:
        apercu.alertes.append(f"{phrase}, pour une capacité de {capacite.places}.")
    else:
        dites.append(f"{phrase}." if capacite is None else f"{phrase}, pour une capacité de {capacite.places}.")
    return dites


@transaction.atomic
def designer_lot(
    *, personnes: PersonneQuerySet, saisie: SaisieReferent, par: Any, empreinte: str, verbe: str = "designer_referent"
) -> Apercu:
    """Appoint the référent for everybody the preview kept; the others keep the one they have.

    `empreinte` is the one of the preview the author confirmed. Raises DroitInsuffisant, and RegleMetier when the
    situation has changed since, or when nobody is kept. Source: as `designer_referent`.
    """
    # Locked in the order of the keys: two lots never wait for each other.
    list(
        Personne.objects.filter(pk__in=personnes.order_by().values("pk"))
        .select_for_update(of=("self",)).order_by("pk").values_list("pk")
    )  # fmt: skip
    apercu = apercevoir_designation(personnes=personnes, saisie=saisie, par=par)
    if apercu.empreinte != empreinte:
        raise RegleMetier(CHANGE)
    if not apercu.retenues:
        raise RegleMetier(PERSONNE_RETENUE)
    finies = AffectationReferent.objects.filter(pk__in=apercu.remplacees)
    faire_suivre(rendez_vous_de(apercu.remplacees, saisie.debut), saisie, par)
    binomes = dict(finies.filter(binome__isnull=False).values_list("personne_id", "binome_id"))
    reprises = _reprendre(finies.filter(pk__in=apercu.erronees), saisie, par) if apercu.erronees else []
    suivies = {a.personne_id for a in reprises}
    finies.update(
        periode=Func(Func(F("periode"), function="lower"), Value(saisie.debut), function="daterange"),
        motif_fin=saisie.motif_fin,
    )
    creees = AffectationReferent.objects.bulk_create(
        [_ligne(pk, saisie, par, binomes.get(pk)) for pk in apercu.retenues if pk not in suivies], batch_size=PAQUET
    )
    _journaliser([*creees, *reprises], saisie, par, verbe)
    if saisie.referent is not None and saisie.referent.pk != par.pk:
        prevenir(
            destinataires=[saisie.referent],
            titre="Des personnes vous sont confiées",
            texte=f"{compte(len(apercu.retenues), 'personne')} à partir du {saisie.debut:%d/%m/%Y}.",
            url=f"{reverse('parcours:personnes')}?portefeuille=on",
        )
    return apercu


def _reprendre(lignes: Any, saisie: SaisieReferent, par: Any) -> list[AffectationReferent]:
    """Withdraw the appointments of that very day, then reopen the follow-ups they had ended; return these."""
    erronees = list(lignes.select_related("referent", "structure", "binome"))
    retirer(erronees, par)
    return reprendre([e.personne_id for e in erronees], saisie)


def _ligne(pk: int, saisie: SaisieReferent, par: Any, binome: int | None) -> AffectationReferent:
    """Return the appointment; the binôme of an accompagnement global stays, unless he becomes the référent."""
    referent = saisie.referent.pk if saisie.referent else None
    return AffectationReferent(
        personne_id=pk, structure=saisie.structure, referent_id=referent, referent_nom=saisie.referent_nom,
        binome_id=binome if binome != referent else None, periode=DateRange(saisie.debut, None), designe_par=par,
    )  # fmt: skip


def _journaliser(creees: list[AffectationReferent], saisie: SaisieReferent, par: Any, verbe: str) -> None:
    ecran, apres = ecran_courant(), {"référent": saisie.qui, "structure": str(saisie.structure)}
    apres["à partir du"] = saisie.debut.isoformat()
    EntreeJournal.objects.bulk_create(
        [
            EntreeJournal(
                par=par, ecran=ecran, verbe=verbe, objet_type=a._meta.label_lower, objet_id=str(a.pk),
                objet_libelle=saisie.qui[:250], apres=apres, commentaire="Action groupée.",
            )
            for a in creees
        ],
        batch_size=PAQUET,
    )  # fmt: skip
