"""Forms of bodies, their members and their rules of procedure."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier, ChampListe, ChampStructure
from actions.forms.lignes import Formulaire
from gouvernance.models import CollegeMembre, Instance, LectureBeneficiaires, Membre, NatureInstance, NiveauInstance
from pdi.comptes.models import ROLES_DEPARTEMENT, Role, Utilisateur
from pdi.socle.formats import taille_fichier
from pdi.territoires.models import TerritoireAction

CHAMPS_INSTANCE = (
    "nom", "nature", "niveau", "territoire", "composition", "missions", "animateur", "frequence_texte",
    "seances_par_an", "quorum", "lecture_beneficiaires", "active",
)  # fmt: skip
CHAMPS_MEMBRE = ("compte", "nom", "courriel", "structure", "qualite", "college", "voix", "preside", "suppleant_de")


def _territoires() -> Any:
    return TerritoireAction.objects.filter(departement=settings.DEPARTEMENT_CODE).order_by("nom")


class InstanceForm(Formulaire):
    """What a body is."""

    nom = forms.CharField(label="Nom", max_length=200)
    nature = forms.ChoiceField(label="Nature", choices=NatureInstance.choices)
    niveau = forms.ChoiceField(label="Niveau", choices=NiveauInstance.choices, widget=forms.RadioSelect)
    territoire = forms.ModelChoiceField(
        label="Territoire", queryset=TerritoireAction.objects.none(), required=False, empty_label="Tout le département"
    )
    animateur = forms.CharField(
        label="Présidence ou animation", max_length=250, required=False,
        help_text="Une fonction ou un service, par exemple : élu en charge de l’insertion.",
    )  # fmt: skip
    secretaires = forms.ModelMultipleChoiceField(
        label="Secrétaires", queryset=Utilisateur.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="Ils préparent les séances, convoquent, notent les décisions. Ctrl ou Cmd pour en choisir plusieurs.",
    )  # fmt: skip
    composition = ChampListe(label="Composition prévue", required=False, max_length=4000)
    missions = ChampListe(label="Missions", required=False, max_length=4000)
    frequence_texte = forms.CharField(
        label="Fréquence", max_length=120, required=False, help_text="Telle que le texte l’écrit."
    )
    seances_par_an = ChampEntier(
        label="Séances dues par an", maximum=60, required=False,
        help_text="Le nombre comparé aux séances tenues. Laissez vide quand rien n’est prévu.",
    )  # fmt: skip
    quorum = ChampEntier(
        label="Quorum", minimum=1, maximum=500, required=False,
        help_text="Nombre de voix délibératives présentes ou représentées. Laissez vide sans règle de quorum.",
    )  # fmt: skip
    lecture_beneficiaires = forms.ChoiceField(
        label="Dossiers lus par les représentants des bénéficiaires", choices=LectureBeneficiaires.choices,
        required=False, help_text="Pour une équipe pluridisciplinaire, selon son règlement intérieur.",
    )  # fmt: skip
    active = forms.BooleanField(label="Elle se réunit encore", required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def __init__(
        self, *args: Any, instance: Instance | None = None, modele: Instance | None = None, **kwargs: Any
    ) -> None:
        """Show the body as it is; a new one may take after a `modele`, its territory and its secretaries apart."""
        if modele is not None:
            repris = {nom: getattr(modele, nom) for nom in CHAMPS_INSTANCE if nom != "territoire"}
            kwargs.setdefault("initial", repris | {"active": True})
        elif instance is not None:
            initial = {nom: getattr(instance, nom) for nom in (*CHAMPS_INSTANCE, "version")}
            kwargs.setdefault("initial", initial | {"secretaires": instance.secretaires.all()})
        else:
            kwargs.setdefault("initial", {"niveau": NiveauInstance.DEPARTEMENTAL, "active": True})
        super().__init__(*args, **kwargs)
        self.fields["territoire"].queryset = _territoires()  # type: ignore[attr-defined]
        agents = Utilisateur.objects.filter(
            is_active=True, habilitations__role__in=[*ROLES_DEPARTEMENT, Role.DIRECTION],
            habilitations__periode__contains=timezone.localdate(),
        )  # fmt: skip
        self.fields["secretaires"].queryset = agents.distinct()  # type: ignore[attr-defined]

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the body, and its secretaries."""
        lues = {nom: self.cleaned_data[nom] for nom in (*CHAMPS_INSTANCE, "secretaires")}
        lues["lecture_beneficiaires"] = lues["lecture_beneficiaires"] or LectureBeneficiaires.ANONYME
        return lues


class MembreForm(Formulaire):
    """Who sits, as what. `avec_dates`: a new seat; a correction leaves the mandate as it is."""

    compte = forms.ModelChoiceField(
        label="Compte dans l’application", queryset=Utilisateur.objects.none(), required=False,
        empty_label="Aucun : nom et courriel ci-dessous",
    )  # fmt: skip
    nom = forms.CharField(label="Nom et prénom", max_length=150, required=False)
    courriel = forms.EmailField(
        label="Courriel", required=False, help_text="Il reçoit les convocations. Vide : celui du compte."
    )
    structure = ChampStructure(
        label="Structure représentée", required=False, help_text="Commencez à écrire son nom ou son sigle."
    )
    qualite = forms.CharField(label="Qualité", max_length=150, required=False, help_text="Par exemple : directrice.")
    college = forms.ChoiceField(label="Siège comme", choices=CollegeMembre.choices)
    voix = forms.BooleanField(label="Voix délibérative", required=False, initial=True)
    preside = forms.BooleanField(label="Préside les séances", required=False)
    suppleant_de = forms.ModelChoiceField(
        label="Suppléant de", queryset=Membre.objects.none(), required=False, empty_label="Personne : il est titulaire"
    )
    debut = ChampDate(label="Début du mandat")
    fin = ChampDate(label="Dernier jour du mandat", required=False, help_text="Laissez vide s’il n’est pas connu.")

    def __init__(
        self, *args: Any, instance: Instance, membre: Membre | None = None, avec_dates: bool = True, **kwargs: Any
    ) -> None:
        """Offer accounts and the seats that may have a deputy."""
        initial: dict[str, Any] = {"debut": timezone.localdate(), "voix": True, "college": CollegeMembre.PARTENAIRE}
        if membre is not None and not avec_dates:
            initial = {nom: getattr(membre, nom) for nom in CHAMPS_MEMBRE}
        elif membre is not None:
            initial |= {n: getattr(membre, n) for n in ("structure", "qualite", "college", "voix", "preside")}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.fields["compte"].queryset = Utilisateur.objects.filter(is_active=True)  # type: ignore[attr-defined]
        titulaires = instance.membres.au(timezone.localdate()).filter(suppleant_de=None)
        if membre is not None:
            titulaires = titulaires.exclude(pk=membre.pk)
        self.fields["suppleant_de"].queryset = titulaires.select_related("compte", "structure")  # type: ignore[attr-defined]
        if not avec_dates:
            del self.fields["debut"], self.fields["fin"]

    def clean(self) -> dict[str, Any]:
        """Ask for somebody: the database says the same."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not (donnees["compte"] or donnees["nom"] or donnees["structure"]):
            self.add_error("nom", "Dites qui siège : un compte, un nom ou au moins une structure.")
        return donnees


class FinMandatForm(forms.Form):
    """The last day of a mandate."""

    fin = ChampDate(label="Dernier jour du mandat")


class PieceForm(forms.Form):
    """A file to join."""

    fichier = forms.FileField(label="Fichier", allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is accepted."""
        super().__init__(*args, **kwargs)
        types = ", ".join(settings.TYPES_PIECES_JOINTES)
        self.fields["fichier"].help_text = f"{types} ; {taille_fichier(settings.TAILLE_MAX_PIECE_JOINTE)} au plus."
        self.fields["fichier"].widget.attrs["accept"] = ",".join(f".{t}" for t in settings.TYPES_PIECES_JOINTES)


class ReglementForm(PieceForm):
    """The rules of procedure, a file."""

    fichier = forms.FileField(label="Règlement intérieur", allow_empty_file=True)
