"""The content of a sheet as plain JSON: what a version keeps, what a proposal holds, what a comparison reads.

    contenu_de(offre)            {"intitule": "…", "operateurs": [{"id": 3, "nom": "…"}], "lieux": [{…}], …}
    en_mots(contenu)             [Rubrique("Contenu", "objectifs", "Objectifs", "…"), …] in the order of the sheet
    differences(avant, apres)    only the rubrics that differ

Keys are names of fields. A key missing from an old content reads as empty, so that an old version always opens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from offre.models import CapaciteOffre, CategorieOffre, ConditionFoyer, LieuOffre, OffreInsertion, TypeAdmis
from offre.regles.publics import PublicVise
from pdi.socle.differences import Morceau, apres_seul, avant_seul, comparer_mots
from pdi.socle.formats import euros, nombre

Contenu = Mapping[str, Any]

LISTES = ("objectifs", "publics", "conditions_acces", "contenu", "thematiques", "publics_vises", "types_orientation")
SCALAIRES = (
    "numero", "categorie", "intitule", "age_min", "age_max", "places", "places_unite", "places_detail", "duree_texte",
    "duree_min_mois", "duree_max_mois", "heures", "heures_hebdo", "documents", "prescription_referent",
    "prescription_prestataire", "auto_prescription", "sexe", "brsa_seulement", "inscription_france_travail",
    "contrat_requis", "foyer_requis", "enfant_age_max", "anciennete_rsa_max_mois", "modalites", "cout", "contact_nom",
    "contact_telephone", "contact_courriel",
)  # fmt: skip
LIENS = ("operateurs", "freins", "fiches")
# What the service alone writes: an operator's proposal never touches them.
RESERVES = ("numero", "cout", "operateurs", "fiches")
CHAMPS_LIEU = (
    "nom", "adresse", "code_postal", "latitude", "longitude", "horaires", "acces", "a_distance",
)  # fmt: skip
A_LIRE = ("operateurs", "freins", "fiches", "lieux__commune", "capacites__territoire")


def ecrire(valeur: Decimal) -> str:
    """Return a number as a content keeps it: exact, a point, no trailing zero, never an exponent."""
    return f"{valeur.normalize():f}" if valeur else "0"


def _json(valeur: Any) -> Any:
    return ecrire(valeur) if isinstance(valeur, Decimal) else valeur


def contenu_de(offre: OffreInsertion) -> dict[str, Any]:
    """Return the content of a sheet (five queries, none when read with A_LIRE prefetched)."""
    contenu: dict[str, Any] = {nom: _json(getattr(offre, nom)) for nom in SCALAIRES}
    contenu |= {nom: list(getattr(offre, nom)) for nom in LISTES}
    contenu |= {
        nom: sorted(({"id": o.pk, "nom": str(o)} for o in getattr(offre, nom).all()), key=lambda o: str(o["nom"]))
        for nom in LIENS
    }
    contenu["lieux"] = [_lieu(lieu) for lieu in offre.lieux.all()]
    contenu["capacites"] = [_capacite(c) for c in offre.capacites.all()]
    return contenu


def _lieu(lieu: LieuOffre) -> dict[str, Any]:
    commune = {"code": lieu.commune_id or "", "commune": str(lieu.commune or "")}
    return {"pk": lieu.pk, **{nom: _json(getattr(lieu, nom)) for nom in CHAMPS_LIEU}, **commune}


def _capacite(capacite: CapaciteOffre) -> dict[str, Any]:
    return {
        "annee": capacite.annee, "unite": capacite.unite, "quantite": _json(capacite.quantite),
        "dont_brsa": _json(capacite.dont_brsa), "territoire": capacite.territoire_id,
        "territoire_nom": str(capacite.territoire or ""),
    }  # fmt: skip


# -- in words ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rubrique:
    """One field of a sheet in words; `texte` empty when it says nothing."""

    section: str
    cle: str
    libelle: str
    texte: str


@dataclass(frozen=True)
class Difference:
    """One field that differs, in words."""

    libelle: str
    avant: str
    apres: str
    section: str = ""
    cle: str = ""

    @cached_property
    def _morceaux(self) -> list[Morceau]:
        return comparer_mots(_espaces(self.avant), _espaces(self.apres))

    @property
    def mots_avant(self) -> list[Morceau]:
        """Return the first text, what it loses marked."""
        return avant_seul(self._morceaux)

    @property
    def mots_apres(self) -> list[Morceau]:
        """Return the second text, what it gains marked."""
        return apres_seul(self._morceaux)


def _brut(valeur: Any) -> str:
    if valeur is None or valeur == "":
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, list):
        return "\n".join(str(v["nom"]) if isinstance(v, dict) else str(v) for v in valeur)
    return str(valeur)


def _nombre(unite: str) -> Callable[[Any], str]:
    return lambda valeur: "" if valeur in (None, "") else f"{nombre(Decimal(str(valeur)))}\u00a0{unite}".strip()


def _choix(choix: Any) -> Callable[[Any], str]:
    libelles = {str(code): str(libelle) for code, libelle in choix}

    def dire(valeur: Any) -> str:
        valeurs = valeur if isinstance(valeur, list) else [valeur]
        return "\n".join(libelles.get(str(v), str(v)) for v in valeurs if v not in (None, ""))

    return dire


def _lieux(lieux: Any) -> str:
    return "\n".join(dire_lieu(lieu) for lieu in lieux or [])


def dire_lieu(lieu: Contenu) -> str:
    """Return a place on one line: name, address, commune, hours, access."""
    ville = " ".join(str(lieu[c]) for c in ("code_postal", "commune") if lieu.get(c))
    morceaux = [lieu.get("nom"), lieu.get("adresse"), ville, "à distance" if lieu.get("a_distance") else ""]
    suite = [lieu.get("horaires"), lieu.get("acces")]
    return " – ".join(filter(None, [", ".join(str(m) for m in morceaux if m), *(str(s) for s in suite if s)]))


def _capacites(capacites: Any) -> str:
    return "\n".join(dire_capacite(c) for c in capacites or [])


def dire_capacite(capacite: Contenu) -> str:
    """Return « 2026, Est : 30 places dont 10 pour les bénéficiaires du RSA »."""
    ou = f", {capacite['territoire_nom']}" if capacite.get("territoire_nom") else ""
    dont = capacite.get("dont_brsa")
    suite = f" dont {nombre(Decimal(str(dont)))} pour les bénéficiaires du RSA" if dont else ""
    return f"{capacite['annee']}{ou}\u00a0: {nombre(Decimal(str(capacite['quantite'])))} {capacite['unite']}{suite}"


# (section, key, label, how it is said): the order of the sheet, of the comparison and of the proposal.
PLAN: Sequence[tuple[str, str, str, Callable[[Any], str]]] = (
    ("L’offre", "numero", "Numéro", _brut),
    ("L’offre", "intitule", "Intitulé", _brut),
    ("L’offre", "categorie", "Catégorie", _choix(CategorieOffre.choices)),
    ("L’offre", "objectifs", "Objectifs", _brut),
    ("L’offre", "contenu", "Contenu", _brut),
    ("L’offre", "thematiques", "Thèmes", _brut),
    ("L’offre", "freins", "Freins à lever", _brut),
    ("Pour qui", "publics_vises", "Publics visés", _choix(PublicVise.choices)),
    ("Pour qui", "publics", "À qui elle s’adresse", _brut),
    ("Pour qui", "age_min", "Âge minimal", _nombre("ans")),
    ("Pour qui", "age_max", "Âge maximal", _nombre("ans")),
    ("Pour qui", "sexe", "Réservée aux", _choix([("F", "femmes"), ("H", "hommes")])),
    ("Conditions", "conditions_acces", "Conditions d’accès", _brut),
    ("Conditions", "brsa_seulement", "Réservée aux bénéficiaires du RSA", _brut),
    ("Conditions", "types_orientation", "Types d’orientation admis", _choix(TypeAdmis.choices)),
    ("Conditions", "inscription_france_travail", "Inscription à France Travail exigée", _brut),
    ("Conditions", "contrat_requis", "Contrat validé exigé", _brut),
    ("Conditions", "foyer_requis", "Condition de foyer", _choix([c for c in ConditionFoyer.choices if c[0]])),
    ("Conditions", "enfant_age_max", "Âge maximal de l’enfant", _nombre("ans")),
    ("Conditions", "anciennete_rsa_max_mois", "Ancienneté maximale au RSA", _nombre("mois")),
    ("Durée", "duree_texte", "Durée", _brut),
    ("Durée", "duree_min_mois", "Durée minimale", _nombre("mois")),
    ("Durée", "duree_max_mois", "Durée maximale", _nombre("mois")),
    ("Durée", "heures", "Heures en tout", _nombre("h")),
    ("Durée", "heures_hebdo", "Heures par semaine", _nombre("h")),
    ("Places", "places", "Places annoncées", _nombre("")),
    ("Places", "places_unite", "Ce que les places comptent", _brut),
    ("Places", "places_detail", "Précision sur les places", _brut),
    ("Places", "capacites", "Capacité par année et territoire", _capacites),
    ("Lieux", "lieux", "Lieux", _lieux),
    ("Y accéder", "prescription_referent", "Prescrite par les référents", _brut),
    ("Y accéder", "prescription_prestataire", "Prescrite par les prestataires", _brut),
    ("Y accéder", "auto_prescription", "Auto-prescription possible", _brut),
    ("Y accéder", "modalites", "Comment y accéder", _brut),
    ("Y accéder", "documents", "Documents à apporter", _brut),
    ("Contacts", "operateurs", "Opérateurs", _brut),
    ("Contacts", "contact_nom", "Contact", _brut),
    ("Contacts", "contact_telephone", "Téléphone", _brut),
    ("Contacts", "contact_courriel", "Courriel", _brut),
    ("Pilotage", "fiches", "Fiches-actions", _brut),
    ("Pilotage", "cout", "Coût par place", lambda v: "" if v in (None, "") else euros(Decimal(str(v)), 2)),
)


def en_mots(contenu: Contenu, sans: Sequence[str] = ()) -> list[Rubrique]:
    """Return every field in words, in the order of the sheet, without those named by `sans`."""
    return [
        Rubrique(section, cle, libelle, dire(contenu.get(cle)))
        for section, cle, libelle, dire in PLAN
        if cle not in sans
    ]


def differences(avant: Contenu, apres: Contenu, sans: Sequence[str] = ()) -> list[Difference]:
    """Return the fields whose words differ; a space that may break and one that may not are the same to a reader."""
    return [
        Difference(a.libelle, a.texte, b.texte, a.section, a.cle)
        for a, b in zip(en_mots(avant, sans), en_mots(apres, sans), strict=True)
        if _espaces(a.texte) != _espaces(b.texte)
    ]


def _espaces(texte: str) -> str:
    return texte.replace("\u00a0", " ").replace("\u202f", " ")
