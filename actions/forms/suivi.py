"""Forms of the follow-up: status, progress, spending, notes, attachments, answers to anomalies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from actions.models import EtatAnomalie, EtatEtape, StatutFiche
from actions.regles.etapes import avancement_coherent, motif_exige
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import taille_fichier

from .champs import ChampDate, ChampEntier, ChampMontant
from .lignes import Formulaire, Ligne


class StatutForm(Formulaire):
    """Where the action stands."""

    statut = forms.ChoiceField(label="Statut de l’action", choices=StatutFiche.choices)
    statut_motif = forms.CharField(
        label="Motif",
        required=False,
        max_length=250,
        help_text="Attendu quand l’action est en pause, bloquée ou abandonnée.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask why the action stops."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        statut = donnees.get("statut", "")
        if motif_exige(statut) and not donnees.get("statut_motif", "").strip():
            self.add_error("statut_motif", f"Dites pourquoi l’action est « {StatutFiche(statut).label.lower()} ».")
        return donnees


class LigneAvancement(Ligne):
    """How far one step is. The title of the row is the step's own."""

    significatifs = ("etat",)
    etat = forms.ChoiceField(label="État", choices=EtatEtape.choices)
    avancement = ChampEntier(
        label="Avancement, en %",
        required=False,
        maximum=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "nb", "size": 4}),
    )
    realisee_le = ChampDate(label="Réalisée le", required=False)
    commentaire = forms.CharField(label="Commentaire", max_length=250, required=False)

    def clean(self) -> dict[str, Any]:
        """Check that state, percentage and date agree."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return donnees
        try:
            lu = avancement_coherent(
                etat=donnees["etat"],
                avancement=donnees["avancement"],
                realisee_le=donnees["realisee_le"],
                jour=timezone.localdate(),
            )
        except RegleMetier as erreur:
            self.add_error(erreur.champ, erreur.message)
            return donnees
        return donnees | {"avancement": lu.avancement, "realisee_le": lu.realisee_le}


class LigneDepense(Ligne):
    """What a funder has paid. The title of the row is the funder's name."""

    significatifs = ("realise",)
    realise = ChampMontant(label="Réalisé, en euros", required=False)


class NoteForm(Formulaire):
    """A dated note."""

    date = ChampDate(label="Date", initial=timezone.localdate)
    texte = forms.CharField(
        label="Note",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Lue par tous ceux qui lisent la fiche. N’écrivez rien sur la situation d’une personne.",
    )

    def clean_date(self) -> Any:
        """Refuse a date to come."""
        date = self.cleaned_data["date"]
        if date > timezone.localdate():
            raise forms.ValidationError("Une note ne peut pas être datée du futur.")
        return date


class PieceForm(Formulaire):
    """A file."""

    fichier = forms.FileField(label="Fichier", allow_empty_file=True)
    nom = forms.CharField(label="Nom à afficher", required=False, max_length=150, help_text="Vide : le nom du fichier.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is accepted."""
        super().__init__(*args, **kwargs)
        types = ", ".join(settings.TYPES_PIECES_JOINTES)
        self.fields["fichier"].help_text = f"{types} ; {taille_fichier(settings.TAILLE_MAX_PIECE_JOINTE)} au plus."
        self.fields["fichier"].widget.attrs["accept"] = ",".join(f".{t}" for t in settings.TYPES_PIECES_JOINTES)


class ReponseAnomalieForm(Formulaire):
    """An answer to an anomaly."""

    etat = forms.ChoiceField(
        label="Décision",
        widget=forms.RadioSelect,
        choices=[
            (EtatAnomalie.CONSERVEE, "Garder la donnée telle quelle"),
            (EtatAnomalie.TRAITEE, "La donnée a été corrigée, ou le sera"),
        ],
    )
    reponse = forms.CharField(
        label="Explication",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Elle est montrée à côté de l’anomalie et dans le rapport annuel.",
    )
