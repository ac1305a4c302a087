"""Forms of meetings. Shape only: the rules speak in the operations."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from parcours.models import Entretien, NatureEntretien
from parcours.operations.entretiens import RendezVous
from parcours.rendez_vous import Possibles
from pdi.comptes.models import Utilisateur
from pdi.structures.models import Structure

DUREES = [(15, "15 min"), (30, "30 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30"), (120, "2 h"), (180, "3 h")]


class RendezVousForm(forms.Form):
    """When, where, with whom. `malgre` shows once another meeting is found at the same time."""

    jour = forms.DateField(label="Jour", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    heure = forms.TimeField(label="Heure", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}))
    malgre = forms.BooleanField(label="Garder les deux rendez-vous à la même heure", required=False)
    duree_min = forms.TypedChoiceField(label="Durée", coerce=int)
    nature = forms.ChoiceField(label="Nature", choices=NatureEntretien.choices)
    lieu = forms.CharField(
        label="Lieu", required=False, max_length=150, help_text="Bureau, antenne, téléphone… sans adresse personnelle."
    )
    agent: Any = forms.ModelChoiceField(
        label="Avec", queryset=Utilisateur.objects.none(), required=False, empty_label="Agent à préciser"
    )
    structure: Any = forms.ModelChoiceField(label="Pour le compte de", queryset=Structure.objects.none())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choix: Possibles, actuel: Entretien | None = None, **kwargs: Any) -> None:
        """Offer the agents and structures of `choix`, and those `actuel` has."""
        super().__init__(*args, **kwargs)
        agents, structures = list(choix.agents), list(choix.structures)
        duree = actuel.duree_min if actuel else None
        if actuel is not None:
            agents += [actuel.agent] if actuel.agent and actuel.agent not in agents else []
            structures += [actuel.structure] if actuel.structure not in structures else []
        durees = DUREES if duree is None or duree in dict(DUREES) else sorted([*DUREES, (duree, f"{duree} min")])
        self.fields["duree_min"].choices = durees  # type: ignore[attr-defined]
        self._offrir("agent", agents)
        self._offrir("structure", structures)
        if len(structures) == 1 and not self.is_bound:
            self.initial.setdefault("structure", structures[0].pk)
        self.simultane = bool(self.data.get("malgre"))

    def _offrir(self, nom: str, objets: list[Any]) -> None:
        """Offer these objects in that order, without reading them again."""
        champ: Any = self.fields[nom]
        champ.queryset = champ.queryset.model.objects.filter(pk__in=[o.pk for o in objets])
        vide = [("", champ.empty_label)] if not champ.required else []
        champ.choices = [*vide, *((o.pk, str(o)) for o in objets)]

    @property
    def confirme(self) -> bool:
        """Return whether both meetings are kept."""
        return bool(self.cleaned_data.get("malgre"))

    def rendez_vous(self) -> RendezVous:
        """Return what was entered."""
        d = self.cleaned_data
        debut = timezone.make_aware(datetime.datetime.combine(d["jour"], d["heure"]))
        return RendezVous(d["nature"], debut, d["duree_min"], d["structure"], d["agent"], d["lieu"].strip())


class MotifForm(forms.Form):
    """Why."""

    motif = forms.CharField(
        label="Motif", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Des faits, sans détail de santé : « La personne a prévenu par téléphone ».",
    )  # fmt: skip


class AbonnementForm(forms.Form):
    """What the calendar feed tells."""

    initiales = forms.BooleanField(
        label="Inscrire les initiales de la personne", required=False,
        help_text="Par défaut, l’agenda ne dit que la nature du rendez-vous et le lieu.",
    )  # fmt: skip
