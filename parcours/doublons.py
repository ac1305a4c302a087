"""Who may already be the person one is about to write: matching keys in a documented order.

1. the keyed hash of the NIR, when one is given; 2. name, first name and birth date; 3. names and dates that look alike.
The first two are looked for among everybody, whoever asks: a duplicate in another territory is still a duplicate. The
third shows only people the reader may find.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from parcours.models import Adresse, Personne, PersonnesDistinctes
from parcours.recherche import chercher
from parcours.regles.doublons import Identite, Rapport, comparer

MAX = 8


@dataclass(frozen=True)
class Candidat:
    """Someone who may be the same person. `visible`: the reader may open her file; else only the fact is told."""

    personne: Any
    raison: str
    visible: bool


def identite_de(personne: Any) -> Identite:
    """Return the identity of a row."""
    return Identite(personne.nom_naissance, personne.nom_usage, personne.prenoms, personne.date_naissance)


def candidats(
    identite: Identite, *, utilisateur: Any, empreinte: str = "", sauf: Any = (), personne: int | None = None
) -> list[Candidat]:
    """Return who may be the same person as `identite`, surest first; `sauf` are keys already told apart.

    `personne`: the key of the row being corrected, with the people it was told apart from.
    """
    ecartes = {*map(int, sauf), *_distinctes(personne)}
    trouves = {p.pk: p for p in _lues(identite, empreinte) if p.pk not in ecartes}
    visibles = set(Personne.objects.visibles_par(utilisateur).filter(pk__in=trouves).values_list("pk", flat=True))
    rangs: list[tuple[int, Candidat]] = []
    for cle, trouve in trouves.items():
        if empreinte and trouve.nir_empreinte == empreinte:
            rangs.append((0, Candidat(trouve, "Même numéro de sécurité sociale", cle in visibles)))
            continue
        rapport = comparer(identite, identite_de(trouve))
        if rapport is Rapport.MEME:
            rangs.append((1, Candidat(trouve, "Même nom, même prénom, même date de naissance", cle in visibles)))
        elif rapport is Rapport.PROCHE and cle in visibles:
            rangs.append((2, Candidat(trouve, "Identité qui ressemble", True)))
    return [c for _, c in sorted(rangs, key=lambda rang: (rang[0], rang[1].personne.pk))[:MAX]]


def _distinctes(personne: int | None) -> set[int]:
    if personne is None:
        return set()
    paires = PersonnesDistinctes.objects.filter(Q(premiere=personne) | Q(seconde=personne))
    return {personne, *(c for paire in paires.values_list("premiere_id", "seconde_id") for c in paire)}


def _lues(identite: Identite, empreinte: str) -> list[Any]:
    """Return the rows worth comparing: same hash, same birth date, names that look alike. Each path has its index."""
    jour = timezone.localdate()
    ici = Adresse.objects.filter(personne=OuterRef("pk"), periode__contains=jour)
    base = Personne.objects.defer("nir_chiffre", "recherche").annotate(commune=Subquery(ici.values("commune__nom")[:1]))
    cles: set[int] = set()
    if empreinte:
        cles |= set(Personne.objects.filter(nir_empreinte=empreinte).values_list("pk", flat=True)[:MAX])
    if identite.date_naissance is not None:
        nes = Personne.objects.filter(date_naissance=identite.date_naissance)
        cles |= set(nes.order_by("pk").values_list("pk", flat=True)[:200])
    texte = f"{identite.nom_naissance} {identite.prenoms.split(' ')[0]}"
    proches, _ = chercher(Personne.objects.all(), texte, aujourd_hui=jour)
    cles |= set(proches.order_by("pk").values_list("pk", flat=True)[:50])
    return list(base.filter(pk__in=cles))
