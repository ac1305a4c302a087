"""The form of a sheet: fields by section, operators, places and capacities as rows; read from and to a content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from actions.forms.champs import ChampEntier, ChampListe, ChampMontant, ChampNombre, ChampStructure
from actions.forms.lignes import Formulaire, Ligne, Liste
from offre.models import CategorieOffre, ConditionFoyer, TypeAdmis, UniteCapacite
from offre.regles.publics import PublicVise
from offre.versions import Contenu, ecrire
from pdi.socle.typographie import cle_nom
from pdi.territoires.models import Commune

LISTE_COMMUNES = "communes-connues"


def _texte(libelle: str, *, aide: str = "", maximum: int = 250, requis: bool = False) -> forms.CharField:
    return forms.CharField(label=libelle, help_text=aide, max_length=maximum, required=requis)


def _cases(libelle: str, choix: Any = (), aide: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=libelle, choices=choix, required=False, widget=forms.CheckboxSelectMultiple, help_text=aide
    )


def _liste(libelle: str, *, lignes: int = 4, requis: bool = False, aide: str = "Un élément par ligne.") -> ChampListe:
    return ChampListe(label=libelle, lignes=lignes, required=requis, help_text=aide)


class OffreForm(Formulaire):
    """A sheet. What the service alone writes is left out for an operator."""

    numero = _texte("Numéro", maximum=10, aide="Celui du catalogue imprimé, par exemple 2.11.")
    intitule = _texte("Intitulé", maximum=200, requis=True, aide="Ce que la personne y trouvera, en une ligne.")
    categorie = forms.ChoiceField(label="Type d’offre", choices=CategorieOffre.choices)
    objectifs = _liste("Ce qu’elle vise", requis=True)
    contenu = _liste("Contenu", lignes=7, aide="Ce qui s’y fait, étape par étape. Un élément par ligne.")
    thematiques = _liste("Thèmes", lignes=3, aide="Ceux par lesquels on la cherche. Un thème par ligne.")
    freins = _cases("Freins à lever")
    publics = _liste("À qui elle s’adresse", requis=True)
    publics_vises = _cases("Publics visés", PublicVise.choices, "Ils servent au tri du catalogue.")
    age_min = ChampEntier(label="Âge minimal", minimum=0, maximum=110, required=False)
    age_max = ChampEntier(label="Âge maximal", minimum=0, maximum=110, required=False, help_text="Compris.")
    sexe = forms.ChoiceField(
        label="Réservée aux", required=False, choices=[("", "Femmes et hommes"), ("F", "Femmes"), ("H", "Hommes")]
    )
    conditions_acces = _liste("Conditions d’accès")
    types_orientation = _cases("Orientations admises", TypeAdmis.choices, "Aucune case cochée : toutes.")
    brsa_seulement = forms.BooleanField(label="Réservée aux bénéficiaires du RSA", required=False)
    inscription_france_travail = forms.BooleanField(label="Inscription à France Travail exigée", required=False)
    contrat_requis = forms.BooleanField(label="Contrat d’engagement validé exigé", required=False)
    foyer_requis = forms.ChoiceField(label="Condition de foyer", choices=ConditionFoyer.choices, required=False)
    enfant_age_max = ChampEntier(
        label="Âge maximal de l’enfant", minimum=0, maximum=25, required=False,
        help_text="Compris, avec une condition de foyer : 5 pour « moins de 6 ans ».",
    )  # fmt: skip
    anciennete_rsa_max_mois = ChampEntier(
        label="Ancienneté maximale au RSA (mois)", minimum=0, maximum=600, required=False
    )
    duree_texte = _texte("Durée, comme on la dit", aide="Par exemple : 4 semaines, puis un entretien par mois.")
    duree_min_mois = ChampNombre(label="Durée minimale (mois)", chiffres=5, decimales=2, positif=True, required=False)
    duree_max_mois = ChampNombre(label="Durée maximale (mois)", chiffres=5, decimales=2, positif=True, required=False)
    heures = ChampNombre(label="Heures en tout", chiffres=7, decimales=1, positif=True, required=False)
    heures_hebdo = ChampNombre(label="Heures par semaine", chiffres=4, decimales=1, positif=True, required=False)
    places = ChampEntier(label="Places annoncées", minimum=0, maximum=2_000_000, required=False)
    places_unite = _texte("Ce que les places comptent", maximum=40, aide="Par exemple : places par an.")
    places_detail = _texte("Précision sur les places")
    prescription_referent = forms.BooleanField(label="Prescrite par les référents", required=False)
    prescription_prestataire = forms.BooleanField(label="Prescrite par les prestataires", required=False)
    auto_prescription = forms.BooleanField(label="Auto-prescription possible", required=False)
    modalites = forms.CharField(
        label="Comment y accéder", required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=4000,
        help_text="Ce qui se passe entre la prescription et le premier jour.",
    )  # fmt: skip
    documents = _texte("Documents à apporter")
    contact_nom = _texte("Contact", maximum=120)
    contact_telephone = _texte("Téléphone", maximum=20)
    contact_courriel = forms.EmailField(label="Courriel", required=False)
    cout = ChampMontant(label="Coût par place (€)", required=False, help_text="Jamais montré au public.")
    fiches = _cases("Fiches-actions liées")

    SECTIONS: Sequence[tuple[str, str, tuple[str, ...]]] = (
        ("presentation", "L’offre", ("numero", "intitule", "categorie", "objectifs", "contenu", "thematiques",
                                     "freins")),
        ("public", "Pour qui", ("publics", "publics_vises", "age_min", "age_max", "sexe")),
        ("conditions", "Conditions d’accès", (
            "conditions_acces", "types_orientation", "brsa_seulement", "inscription_france_travail", "contrat_requis",
            "foyer_requis", "enfant_age_max", "anciennete_rsa_max_mois",
        )),
        ("duree", "Durée et places", (
            "duree_texte", "duree_min_mois", "duree_max_mois", "heures", "heures_hebdo", "places", "places_unite",
            "places_detail",
        )),
        ("acces", "Y accéder", (
            "prescription_referent", "prescription_prestataire", "auto_prescription", "modalites", "documents",
        )),
        ("contact", "Contact", ("contact_nom", "contact_telephone", "contact_courriel")),
        ("pilotage", "Pilotage", ("cout", "fiches")),
    )  # fmt: skip

    def __init__(self, *args: Any, sans: Sequence[str] = (), freins: Any = (), fiches: Any = (), **kwargs: Any) -> None:
        """Offer the obstacles and the fiches ({id: label}); leave out what this author does not write."""
        super().__init__(*args, **kwargs)
        self.choix = {"freins": list(freins), "fiches": list(fiches)}
        for nom, choix in self.choix.items():
            self.fields[nom].choices = choix  # type: ignore[attr-defined]
        for nom in sans:
            self.fields.pop(nom, None)

    @property
    def sections(self) -> list[tuple[str, str, list[Any]]]:
        """Return (anchor, title, fields) of the sections that have a field."""
        lues = [(ancre, titre, [self[n] for n in noms if n in self.fields]) for ancre, titre, noms in self.SECTIONS]
        return [s for s in lues if s[2]]

    def clean(self) -> dict[str, Any]:
        """Check what two fields say together."""
        propres = super().clean() or self.cleaned_data
        for bas, haut, phrase in (
            ("age_min", "age_max", "L’âge maximal est inférieur à l’âge minimal."),
            ("duree_min_mois", "duree_max_mois", "La durée maximale est inférieure à la durée minimale."),
        ):
            a, b = propres.get(bas), propres.get(haut)
            if a is not None and b is not None and b < a:
                self.add_error(haut, phrase)
        if propres.get("enfant_age_max") is not None and not propres.get("foyer_requis"):
            self.add_error("foyer_requis", "L’âge de l’enfant précise une condition de foyer : choisissez-la.")
        for theme in propres.get("thematiques") or []:
            if len(theme) > 80:
                self.add_error("thematiques", f"Un thème tient en 80 caractères : « {theme[:40]}… » en a {len(theme)}.")
        return propres

    def contenu_saisi(self) -> dict[str, Any]:
        """Return what was typed as a content (offre.versions): numbers as text, links by id and name."""
        saisi: dict[str, Any] = {}
        for nom, valeur in self.cleaned_data.items():
            if nom in self.choix:
                noms = {str(cle): libelle for cle, libelle in self.choix[nom]}
                saisi[nom] = [{"id": int(v), "nom": noms[v]} for v in valeur]
            elif valeur is not None and isinstance(self.fields[nom], ChampNombre) and nom not in ENTIERS:
                saisi[nom] = ecrire(valeur)
            else:
                saisi[nom] = valeur
        return saisi

    @staticmethod
    def initiales(contenu: Contenu) -> dict[str, Any]:
        """Return the initial values of a content."""
        valeurs = dict(contenu)
        for nom in ("freins", "fiches"):
            valeurs[nom] = [str(o["id"]) for o in contenu.get(nom, [])]
        for nom in ("duree_min_mois", "duree_max_mois", "heures", "heures_hebdo", "cout"):
            valeurs[nom] = francais(contenu.get(nom))
        return valeurs


ENTIERS = ("age_min", "age_max", "places", "enfant_age_max", "anciennete_rsa_max_mois")


def francais(valeur: Any) -> str:
    """Return a number kept as text the way it is typed in French."""
    return "" if valeur in (None, "") else str(valeur).replace(".", ",")


# -- communes by name --------------------------------------------------------------------------------


class Communes:
    """The communes of the département by name, read once for a page (one query)."""

    def __init__(self, departement: str) -> None:
        """Keep which département."""
        self.departement = departement

    @cached_property
    def toutes(self) -> list[Commune]:
        """Return them by name."""
        return list(Commune.objects.filter(departement=self.departement).order_by("nom__unaccent", "nom"))

    @property
    def noms(self) -> list[str]:
        """Return the names offered."""
        return [c.nom for c in self.toutes]

    def trouver(self, texte: str) -> Commune:
        """Return the commune of that name, accents, case and « St » aside. Raises ValidationError with the nearest."""
        par_cle = {_cle(c.nom): c for c in self.toutes}
        if trouvee := par_cle.get(_cle(texte)):
            return trouvee
        proches = [par_cle[k].nom for k in get_close_matches(_cle(texte), par_cle, 3, 0.6)]
        suite = f" Vouliez-vous dire {' ou '.join(f'« {p} »' for p in proches)} ?" if proches else ""
        raise ValidationError(f"Aucune commune du département ne s’appelle « {texte} ».{suite}", code="inconnue")


def _cle(nom: str) -> str:
    return re.sub(r"\bste?\b", lambda m: "saint" if m[0] == "st" else "sainte", cle_nom(nom))


class ChampCommune(forms.CharField):
    """A commune typed by name. The row gives `communes`."""

    communes: Communes | None = None

    def __init__(self, **kwargs: Any) -> None:
        """Show a text box tied to the list of names."""
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": LISTE_COMMUNES, "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Commune | None:
        """Find the commune."""
        texte = super().clean(value)
        return self.communes.trouver(texte) if texte and self.communes else None


# -- rows --------------------------------------------------------------------------------------------


class OperateurLigne(Ligne):
    """A structure that runs the offer."""

    significatifs = ("structure",)
    structure = ChampStructure(label="Structure")


class LieuLigne(Ligne):
    """A place."""

    significatifs = ("nom", "adresse", "commune", "horaires", "acces", "a_distance")
    nom = _texte("Nom du lieu", maximum=150)
    adresse = _texte("Adresse")
    code_postal = forms.CharField(label="Code postal", max_length=5, required=False)
    commune = ChampCommune(label="Commune", required=False)
    horaires = _texte("Horaires", maximum=200)
    acces = _texte("Accès", aide="Transports, mobilité réduite.")
    latitude = ChampNombre(label="Latitude", chiffres=8, decimales=6, required=False)
    longitude = ChampNombre(label="Longitude", chiffres=9, decimales=6, required=False)
    a_distance = forms.BooleanField(label="À distance", required=False)

    def __init__(self, *args: Any, communes: Communes | None = None, **kwargs: Any) -> None:
        """Give the communes to the field."""
        super().__init__(*args, **kwargs)
        self.fields["commune"].communes = communes  # type: ignore[attr-defined]

    def clean_code_postal(self) -> str:
        """Refuse what is not five figures."""
        lu: str = self.cleaned_data["code_postal"].strip()
        if lu and not (len(lu) == 5 and lu.isdigit()):
            raise ValidationError("Attendu : cinq chiffres, par exemple 91000.")
        return lu

    def clean(self) -> dict[str, Any]:
        """Ask for the two coordinates or none, and for a commune or « à distance »."""
        propres = super().clean() or self.cleaned_data
        if (propres.get("latitude") is None) != (propres.get("longitude") is None):
            self.add_error("latitude", "Donnez la latitude et la longitude, ou aucune des deux.")
        for nom, borne in (("latitude", 90), ("longitude", 180)):
            if (v := propres.get(nom)) is not None and abs(v) > borne:
                self.add_error(nom, f"Attendu : de −{borne} à {borne}.")
        if "commune" in propres and not propres["commune"] and not propres.get("a_distance"):
            self.add_error("commune", "Donnez la commune, ou cochez « À distance ».")
        return propres


class CapaciteLigne(Ligne):
    """A capacity of a year."""

    significatifs = ("quantite",)
    annee = ChampEntier(label="Année", minimum=2000, maximum=2100)
    territoire = forms.ChoiceField(label="Territoire", required=False)
    quantite = ChampNombre(label="Quantité", chiffres=10, decimales=1, positif=True)
    unite = forms.ChoiceField(label="Unité", choices=UniteCapacite.choices)
    dont_brsa = ChampNombre(label="Dont pour le RSA", chiffres=10, decimales=1, positif=True, required=False)

    def __init__(self, *args: Any, territoires: Mapping[int, str] | None = None, **kwargs: Any) -> None:
        """Offer the territories."""
        super().__init__(*args, **kwargs)
        choix = [("", "Tout le département"), *((str(k), v) for k, v in (territoires or {}).items())]
        self.fields["territoire"].choices = choix  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a share larger than the whole, and zero."""
        propres = super().clean() or self.cleaned_data
        quantite, dont = propres.get("quantite"), propres.get("dont_brsa")
        if quantite is not None and quantite <= 0:
            self.add_error("quantite", "Une capacité est supérieure à zéro.")
        if quantite is not None and dont is not None and dont > quantite:
            self.add_error("dont_brsa", "La part réservée dépasse la capacité.")
        return propres


LISTES: Mapping[str, Liste] = {
    "operateurs": Liste(
        OperateurLigne, "Opérateurs", "opérateur", "Ajouter un opérateur",
        aide="Les structures qui réalisent l’offre : leurs comptes pourront tenir la fiche et ses sessions.",
        vide="Aucun opérateur : la fiche ne peut pas être publiée.",
    ),
    "lieux": Liste(
        LieuLigne, "Lieux", "lieu", "Ajouter un lieu", ordonnee=True,
        vide="Aucun lieu : l’offre paraît proposée dans tout le département.",
    ),
    "capacites": Liste(
        CapaciteLigne, "Capacité par année et territoire", "capacité", "Ajouter une capacité",
        aide="Ce qui est financé pour l’année ; les places des sessions se comptent à part.",
        vide="Aucune capacité annuelle n’est écrite.",
    ),
}  # fmt: skip


def lieux_saisis(lignes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of places as a content keeps them."""
    return [
        {
            **{nom: ligne[nom] for nom in ("pk", "nom", "adresse", "code_postal", "horaires", "acces", "a_distance")},
            **{nom: None if ligne[nom] is None else ecrire(ligne[nom]) for nom in ("latitude", "longitude")},
            "code": ligne["commune"].pk if ligne["commune"] else "",
            "commune": ligne["commune"].nom if ligne["commune"] else "",
        }
        for ligne in lignes
    ]


def capacites_saisies(lignes: Sequence[Mapping[str, Any]], territoires: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return the rows of capacities as a content keeps them."""
    return [
        {
            "annee": ligne["annee"],
            "unite": ligne["unite"],
            "quantite": ecrire(ligne["quantite"]),
            "dont_brsa": None if ligne["dont_brsa"] is None else ecrire(ligne["dont_brsa"]),
            "territoire": int(ligne["territoire"]) if ligne["territoire"] else None,
            "territoire_nom": territoires.get(int(ligne["territoire"]), "") if ligne["territoire"] else "",
        }
        for ligne in lignes
    ]


def lignes_initiales(contenu: Contenu) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of places and capacities of a content, as they are typed."""
    nombres = ("latitude", "longitude", "quantite", "dont_brsa")

    def lire(ligne: Mapping[str, Any]) -> dict[str, Any]:
        return {**ligne, **{n: francais(ligne[n]) for n in nombres if n in ligne}}

    capacites = [{**lire(c), "territoire": str(c["territoire"] or "")} for c in contenu.get("capacites", [])]
    return {"lieux": [lire(lieu) for lieu in contenu.get("lieux", [])], "capacites": capacites}
