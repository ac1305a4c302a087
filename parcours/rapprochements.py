"""Files that look like those of one person: pairs found by set-based SQL, judged by the rules, surest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Subquery
from django.utils import timezone

from parcours.doublons import identite_de
from parcours.models import (
    Adresse,
    AffectationReferent,
    Contrat,
    DossierRSA,
    Entretien,
    Orientation,
    Personne,
    TypeOrientation,
)
from parcours.regles.doublons import Rapport, comparer
from pdi.socle.formats import date_courte, nombre
from pdi.structures.regles import cle_nom

PAIRES_MAX = 3000  # pairs that the rules judge at one reading
RAISONS = {Rapport.MEME: "Même nom, même prénom, même date de naissance", Rapport.PROCHE: "Identité qui ressemble"}

# Two ways in, each by an equality that PostgreSQL hashes: the birth date; the names, with dates one part apart.
_PAIRES = """
WITH p AS (
    SELECT id, date_naissance AS d, upper(unaccent(nom_naissance)) AS n, upper(unaccent(nom_usage)) AS u,
           upper(unaccent(split_part(prenoms, ' ', 1))) AS f, nir_empreinte AS e
    FROM parcours_personne
)
SELECT id_a, id_b FROM (
    SELECT a.id AS id_a, b.id AS id_b, 1 AS rang FROM p a JOIN p b ON a.e = b.e AND a.id < b.id
    UNION
    SELECT a.id, b.id, CASE WHEN a.n = b.n AND a.f = b.f THEN 2 ELSE 3 END
    FROM p a JOIN p b ON a.d = b.d AND a.id < b.id
    WHERE (a.f = b.f OR similarity(a.f, b.f) > 0.4)
      AND (a.n = b.n OR a.n = b.u OR a.u = b.n OR similarity(a.n, b.n) > 0.3 OR a.n LIKE b.n || ' %%'
           OR b.n LIKE a.n || ' %%')
    UNION
    SELECT a.id, b.id, 4
    FROM p a JOIN p b ON a.n = b.n AND a.f = b.f AND a.id < b.id
    WHERE a.d IS NULL OR b.d IS NULL OR (
        a.d <> b.d AND (
            (extract(year FROM a.d) = extract(year FROM b.d))::int + (extract(month FROM a.d) = extract(month FROM b.d))::int
            + (extract(day FROM a.d) = extract(day FROM b.d))::int = 2
            OR (extract(year FROM a.d) = extract(year FROM b.d) AND extract(month FROM a.d) = extract(day FROM b.d)
                AND extract(day FROM a.d) = extract(month FROM b.d))
        )
    )
) t
WHERE NOT EXISTS (
    SELECT 1 FROM parcours_personnesdistinctes x WHERE x.premiere_id = id_a AND x.seconde_id = id_b
)
GROUP BY id_a, id_b ORDER BY min(rang), id_a, id_b LIMIT %s
"""  # noqa: E501


@dataclass(frozen=True)
class Paire:
    """Two files, the older first, why they are brought together, and whether it is nearly certain."""

    une: Any
    autre: Any
    raison: str
    sure: bool


def _lues(utilisateur: Any, cles: set[int]) -> dict[int, Any]:
    jour = timezone.localdate()
    ici = Adresse.objects.filter(personne=OuterRef("pk"), periode__contains=jour)
    visibles = Personne.objects.visibles_par(utilisateur).filter(pk__in=cles)
    lues = visibles.defer("nir_chiffre", "recherche").annotate(commune=Subquery(ici.values("commune__nom")[:1]))
    return {p.pk: p for p in lues}


def _raison(une: Any, autre: Any) -> tuple[str, bool]:
    """Return why two files may be one, empty when the rules say they are not; and whether it is nearly certain."""
    if une.nir_empreinte and autre.nir_empreinte:
        memes = une.nir_empreinte == autre.nir_empreinte
        return ("Même numéro de sécurité sociale", True) if memes else ("", False)
    rapport = comparer(identite_de(une), identite_de(autre))
    return RAISONS.get(rapport, ""), rapport is Rapport.MEME


def paires(utilisateur: Any) -> list[Paire]:
    """Return the pairs whose two files the user may find, surest first. Two queries.

    Those told apart are left out; two different social security numbers are two people.
    """
    with connection.cursor() as curseur:
        curseur.execute(_PAIRES, [PAIRES_MAX])
        cles: Sequence[tuple[int, int]] = curseur.fetchall()
    lues = _lues(utilisateur, {cle for paire in cles for cle in paire})
    trouvees = []
    for une, autre in ((lues.get(a), lues.get(b)) for a, b in cles):
        if une is not None and autre is not None:
            raison, sure = _raison(une, autre)
            if raison:
                trouvees.append(Paire(une, autre, raison, sure))
    return sorted(trouvees, key=lambda p: not p.sure)


@dataclass(frozen=True)
class Trait:
    """One line of the comparison; `differe`: both are known, and they are not the same."""

    intitule: str
    une: str
    autre: str

    @property
    def differe(self) -> bool:
        """Return whether the two files contradict each other, case and accents aside."""
        return bool(self.une and self.autre and cle_nom(self.une) != cle_nom(self.autre))


def _fiche(personne: int) -> Any:
    """Return one file with what tells it apart. One query."""
    jour = timezone.localdate()
    soi: dict[str, Any] = {"personne": OuterRef("pk")}
    ici = Adresse.objects.filter(**soi, periode__contains=jour)
    suivi = AffectationReferent.objects.filter(**soi, periode__contains=jour)
    orientation = Orientation.objects.au(jour).filter(**soi)
    dossier = DossierRSA.objects.filter(foyer__membres__personne=OuterRef("pk")).order_by("-demande_le")

    def combien(modele: Any) -> Subquery:
        return Subquery(
            modele.objects.filter(**soi).order_by().values("personne").annotate(n=Count("pk")).values("n")[:1]
        )

    return (
        Personne.objects.defer("nir_chiffre", "recherche")
        .annotate(
            f_lignes=Subquery(ici.values("lignes")[:1]), f_commune=Subquery(ici.values("commune__nom")[:1]),
            f_dossier=Subquery(dossier.values("numero")[:1]), f_type=Subquery(orientation.values("type_decide")[:1]),
            f_structure=Subquery(orientation.values("structure__nom")[:1]),
            f_referent=Subquery(suivi.values("referent__nom")[:1]), f_suivie=Exists(suivi),
            f_entretiens=combien(Entretien), f_contrats=combien(Contrat),
        )
        .get(pk=personne)
    )  # fmt: skip


def _traits(fiche: Any) -> dict[str, str]:
    orientation = ", ".join(
        m for m in (TypeOrientation(fiche.f_type).label if fiche.f_type else "", fiche.f_structure or "") if m
    )
    return {
        "Nom de naissance": fiche.nom_naissance, "Nom d’usage": fiche.nom_usage, "Prénoms": fiche.prenoms,
        "Naissance": date_courte(fiche.date_naissance) if fiche.date_naissance else "",
        "Lieu de naissance": fiche.lieu_naissance, "Sexe": fiche.get_sexe_display(),
        "Numéro de sécurité sociale": "enregistré" if fiche.nir_empreinte else "",
        "Téléphone": fiche.telephone, "Courriel": fiche.courriel,
        "Adresse": ", ".join(m for m in (fiche.f_lignes, fiche.f_commune) if m),
        "Dossier RSA": fiche.f_dossier or "", "Orientation en cours": orientation,
        "Référent": fiche.f_referent or ("désigné" if fiche.f_suivie else ""),
        "Dernier contact": date_courte(fiche.dernier_contact) if fiche.dernier_contact else "",
        "Entretiens": nombre(fiche.f_entretiens or 0), "Contrats": nombre(fiche.f_contrats or 0),
        "Fiche créée le": date_courte(timezone.localtime(fiche.cree_le).date()),
    }  # fmt: skip


def comparaison(une: int, autre: int) -> list[Trait]:
    """Return the two files line by line. Two queries."""
    gauche, droite = _traits(_fiche(une)), _traits(_fiche(autre))
    return [Trait(intitule, valeur, droite[intitule]) for intitule, valeur in gauche.items()]


def la_plus_remplie(une: int, autre: int) -> int:
    """Return the file with more meetings and contracts, the older when they are equal: the one kept by default."""
    vecus = {}
    for cle in (une, autre):
        vecus[cle] = sum(m.objects.filter(personne=cle).count() for m in (Entretien, Contrat, Orientation))
    return max(sorted(vecus), key=lambda cle: vecus[cle])
