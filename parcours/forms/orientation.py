"""Forms of orientation, requests, capacities and rules. `OrientationForm` serves one person and a lot."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier
from parcours.models import (
    ORGANISMES_SPE,
    CapaciteAccueil,
    ModeAccompagnement,
    Motif,
    NatureMotif,
    OrganismeOarsa,
    Orientation,
    OrigineOrientation,
    TypeOrientation,
)
from parcours.operations.orientation import SaisieOrientation
from parcours.regles.accueil import Places
from parcours.regles.organismes import dire, organismes_possibles
from pdi.structures.models import NatureStructure, Structure

# Natures of structures that usually receive people; others appear once they have received one, or have places.
ACCUEILLANTES = (
    NatureStructure.SERVICE, NatureStructure.EMPLOI, NatureStructure.COMMUNE, NatureStructure.PROTECTION_SOCIALE,
)  # fmt: skip
ORIGINES = (
    OrigineOrientation.MANUELLE, OrigineOrientation.REORIENTATION, OrigineOrientation.DEMENAGEMENT,
    OrigineOrientation.FRANCE_TRAVAIL,
)  # fmt: skip


RECOIT = Exists(Orientation.objects.filter(structure=OuterRef("pk")))


def structures_accueillantes() -> QuerySet[Structure]:
    """Return the structures to which one may orient."""
    places = Exists(CapaciteAccueil.objects.filter(structure=OuterRef("pk")))
    ici = Q(departement=None) | Q(departement=settings.DEPARTEMENT_CODE)
    retenues = (Q(nature__in=ACCUEILLANTES) & ici) | Q(RECOIT) | Q(places)
    return Structure.objects.filter(retenues, active=True).order_by("nature", "nom")


def motifs_de(nature: str, jour: datetime.date) -> QuerySet[Motif]:
    """Return the reasons of that nature valid on `jour`."""
    return Motif.objects.filter(nature=nature, validite__contains=jour)


def _organismes() -> list[tuple[str, list[tuple[str, str]]]]:
    spe = [(o.value, o.label) for o in OrganismeOarsa if o in ORGANISMES_SPE]
    hors = [(o.value, o.label) for o in OrganismeOarsa if o not in ORGANISMES_SPE]
    return [("Service public de l’emploi", spe), ("Hors service public de l’emploi", hors)]


class ChoixStructure(forms.Select):
    """Structures, each option telling the organisms it may be counted as (static/js/organisme.js reads it)."""

    structures: Mapping[int, Structure] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return an option with its organisms."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if (structure := self.structures.get(value or 0)) is not None:
            option["attrs"]["data-organismes"] = " ".join(organismes_possibles(structure.nature, structure.nom))
        return option


def par_nature(
    structures: Iterable[Structure], places: Iterable[Places], tetes: Mapping[str, Sequence[int]] | None = None
) -> list[Any]:
    """Return the choices of structures by nature, with the places of each where they are counted.

    `tetes`: the groups that come first, {title: structures in order}; a structure is in one group only.
    """
    dites: dict[int, list[str]] = {}
    for p in places:
        pour = f" ({ModeAccompagnement(p.mode).label.lower()})" if p.mode else ""
        dites.setdefault(p.structure, []).append(f"{'complet, ' if p.complet else ''}{p.phrase}{pour}")
    restantes = {s.pk: s for s in structures}
    groupes: dict[str, list[tuple[int, str]]] = {}

    def ranger(titre: str, s: Structure) -> None:
        suite = f" – {', '.join(dites[s.pk])}" if s.pk in dites else ""
        groupes.setdefault(titre, []).append((s.pk, f"{s}{suite}"))

    for titre, cles in (tetes or {}).items():
        for cle in cles:
            if cle in restantes:
                ranger(titre, restantes.pop(cle))
    for s in restantes.values():
        ranger(str(s.get_nature_display()), s)
    return [("", "Choisissez"), *groupes.items()]


class OrientationForm(forms.Form):
    """A decision. `types` words the three types under the regime of the day; `places` are shown beside structures.

    The organism follows the structure: nobody has to empty what a rule had proposed.
    """

    type_decide = forms.ChoiceField(label="Type d’orientation décidé", widget=forms.RadioSelect)
    organisme = forms.ChoiceField(
        label="Organisme référent", required=False,
        help_text="La catégorie que compte l’enquête OARSA : elle suit la structure.",
    )  # fmt: skip
    structure = forms.TypedChoiceField(label="Structure qui accueille", coerce=int, widget=ChoixStructure)
    mode = forms.ChoiceField(
        label="Accompagnement", required=False,
        choices=[("", "Selon le type d’orientation"), *ModeAccompagnement.choices],
    )  # fmt: skip
    le = ChampDate(label="Date de la décision")
    notifiee_le = ChampDate(
        label="Notifiée à la personne le", required=False, help_text="Le délai du contrat part de ce jour."
    )
    origine = forms.ChoiceField(
        label="Origine de la décision", choices=[(o.value, o.label) for o in ORIGINES], required=False
    )
    motif = forms.ModelChoiceField(
        label="Motif", queryset=Motif.objects.none(), required=False, empty_label="Aucun",
        help_text="Obligatoire pour décider autre chose que la proposition. La structure et le référent le lisent.",
    )  # fmt: skip
    motif_texte = forms.CharField(
        label="Précision", required=False, max_length=250,
        help_text="Obligatoire pour dépasser la capacité d’accueil, ou pour un autre motif. Rien sur la santé.",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        types: Mapping[str, str],
        places: Sequence[Places] = (),
        origines: Collection[str] = (),
        proches: Sequence[int] = (),
        ici: str = "",
        propose: str = "",
        **kwargs: Any,
    ) -> None:
        """Read structures and reasons. `origines`: those that are possible.

        First come the structures that may be the organism the rules `propose`, then `proches`, those that already
        receive people of `ici`, the person's territory.
        """
        super().__init__(*args, **kwargs)
        self.structures = {s.pk: s for s in structures_accueillantes()}
        champs: dict[str, Any] = self.fields
        champs["type_decide"].choices = [(t.value, types.get(t.value) or t.label) for t in TypeOrientation]
        champs["organisme"].choices = [("", "Selon la structure"), *_organismes()]
        champs["organisme"].toujours_dit = champs["mode"].toujours_dit = True  # the empty choice is an answer
        tetes = {f"Accueillent déjà des habitants du territoire {ici}": proches}
        if propose:
            admises = self._qui_sont(propose)
            admises.sort(key=lambda cle: (cle not in proches, proches.index(cle) if cle in proches else 0))
            tetes = {f"{OrganismeOarsa(propose).label}, que proposent les règles": admises, **tetes}
            if len(admises) == 1 and not self.initial.get("structure"):
                self.initial["structure"] = admises[0]
        champs["structure"].choices = par_nature(self.structures.values(), places, tetes)
        champs["structure"].widget.structures = self.structures
        champs["structure"].widget.attrs["data-propose"] = propose
        champs["motif"].queryset = motifs_de(NatureMotif.ORIENTATION, timezone.localdate())
        champs["le"].initial = timezone.localdate()
        if origines:
            champs["origine"].choices = [(o.value, o.label) for o in ORIGINES if o in origines]
        else:
            del self.fields["origine"]

    def _qui_sont(self, organisme: str) -> list[int]:
        """Return the structures that are that organism and no other; else those that may be."""
        possibles = {s.pk: organismes_possibles(s.nature, s.nom) for s in self.structures.values()}
        exactes = [cle for cle, admis in possibles.items() if admis == (organisme,)]
        return exactes or [cle for cle, admis in possibles.items() if organisme in admis]

    def clean(self) -> dict[str, Any]:
        """Take the mode from the type, the organism from the structure when it admits one only; else ask which."""
        propres = super().clean() or {}
        if "mode" in propres:  # the three types have a mode of the same code
            propres["mode"] = propres["mode"] or propres.get("type_decide", "")
        structure = self.structures.get(propres.get("structure") or 0)
        if structure is not None and "organisme" in propres and not propres["organisme"]:
            possibles = organismes_possibles(structure.nature, structure.nom)
            if len(possibles) == 1:
                propres["organisme"] = possibles[0].value
            else:
                self.add_error("organisme", f"Dites comment {structure} se compte : {dire(possibles)}.")
        return propres

    def saisie(self) -> SaisieOrientation:
        """Return the decision, for the operation."""
        propres = self.cleaned_data
        return SaisieOrientation(
            type_decide=propres["type_decide"],
            organisme=propres["organisme"],
            structure=self.structures[propres["structure"]],
            mode=propres["mode"],
            le=propres["le"],
            motif=propres["motif"],
            motif_texte=propres["motif_texte"],
            notifiee_le=propres["notifiee_le"],
            origine=propres.get("origine") or OrigineOrientation.MANUELLE,
        )


class CorrectionForm(OrientationForm):
    """What a decision taken by mistake should have said, and what was wrong."""

    pourquoi = forms.CharField(
        label="Ce qui était faux", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Gardé avec la décision, et lu par qui la lit. Rien sur la santé.",
    )  # fmt: skip


class RetraitForm(forms.Form):
    """Why a decision should not have been taken."""

    pourquoi = forms.CharField(
        label="Pourquoi la retirer", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : décision saisie pour une autre personne. Rien sur la santé.",
    )  # fmt: skip


class NotificationForm(forms.Form):
    """The day the person was told."""

    notifiee_le = ChampDate(label="Notifiée à la personne le")


class DemandeForm(forms.Form):
    """A request to reorient."""

    type_demande = forms.ChoiceField(label="Orientation demandée", widget=forms.RadioSelect)
    structure = forms.TypedChoiceField(
        label="Structure demandée", coerce=int, empty_value=None, required=False,
        help_text="Laissez vide si ce choix revient à qui décide.",
    )  # fmt: skip
    motif = forms.ModelChoiceField(label="Motif", queryset=Motif.objects.none(), empty_label="Choisissez")
    commentaire = forms.CharField(
        label="Ce qui a changé", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Des faits utiles à la décision. Rien sur la santé : ce texte est lu au-delà du référent.",
    )  # fmt: skip

    def __init__(self, *args: Any, types: Mapping[str, str], **kwargs: Any) -> None:
        """Read structures and reasons."""
        super().__init__(*args, **kwargs)
        self.structures = {s.pk: s for s in structures_accueillantes()}
        champs: dict[str, Any] = self.fields
        champs["type_demande"].choices = [(t.value, types.get(t.value) or t.label) for t in TypeOrientation]
        champs["structure"].choices = par_nature(self.structures.values(), ())
        champs["motif"].queryset = motifs_de(NatureMotif.REORIENTATION, timezone.localdate())

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the operation."""
        propres = self.cleaned_data
        return {
            "type_demande": propres["type_demande"],
            "structure": self.structures.get(propres["structure"]),
            "motif": propres["motif"],
            "commentaire": propres["commentaire"],
        }


class RefusForm(forms.Form):
    """The answer to a request that is refused."""

    reponse = forms.CharField(
        label="Motif du refus", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), required=False,
        help_text="La personne qui a demandé et le référent le lisent.",
    )  # fmt: skip


class CapaciteForm(forms.Form):
    """Places of a structure from a day on. Without `structures`, structure and mode are known."""

    structure = forms.TypedChoiceField(label="Structure", coerce=int)
    mode = forms.ChoiceField(
        label="Accompagnement", required=False, choices=[("", "Tous ensemble"), *ModeAccompagnement.choices]
    )
    places = ChampEntier(
        label="Nombre de places", required=False, maximum=100_000,
        help_text="Combien de personnes la structure accompagne en même temps. Laissez vide pour ne plus compter.",
    )  # fmt: skip
    le = ChampDate(label="À partir du")

    def __init__(self, *args: Any, structures: Iterable[Structure] | None = None, **kwargs: Any) -> None:
        """Ask for the structure only for a new capacity."""
        super().__init__(*args, **kwargs)
        champs: dict[str, Any] = self.fields
        champs["le"].initial = timezone.localdate()
        if structures is None:
            del self.fields["structure"], self.fields["mode"]
        else:
            self.structures = {s.pk: s for s in structures}
            champs["structure"].choices = par_nature(self.structures.values(), ())


class PeriodeForm(forms.Form):
    """The diagnoses of a simulation."""

    depuis = ChampDate(label="Diagnostics depuis le")
    jusqu_au = ChampDate(label="Jusqu’au")


class ApplicationForm(forms.Form):
    """The day a rule set applies from."""

    le = ChampDate(label="Appliquer à partir du", help_text="Le jeu en vigueur prend fin la veille.")
