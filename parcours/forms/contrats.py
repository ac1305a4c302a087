"""Forms of contracts. Limits of the rules are checked by the operations; here, shape only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from actions.forms.champs import ChampDate, ChampListe, ChampNombre
from actions.forms.lignes import Formulaire, Ligne, Liste
from offre.models import OffreInsertion
from parcours.models import (
    Motif,
    NatureContrat,
    NatureMotif,
    ObjectifReferentiel,
    TypeActionContrat,
)
from parcours.operations.contrats import SaisieAction, SaisieContrat


def choix_dates(libelle: str, **kwargs: Any) -> ChampDate:
    """Return a date field that the rules judge, not the browser."""
    return ChampDate(label=libelle, **kwargs)


def champ_heures(libelle: str) -> ChampNombre:
    """Return a number of hours a week, to the tenth."""
    return ChampNombre(label=libelle, required=False, chiffres=4, decimales=1, positif=True, unite="h")


class ContratForm(Formulaire):
    """What a contract says, its action lines apart. Objectives come from the référentiel, or are typed."""

    nature = forms.ChoiceField(label="Nature du contrat", choices=NatureContrat.choices)
    debut = choix_dates("Début")
    fin = choix_dates("Dernier jour")
    heures_hebdo = champ_heures("Heures par semaine")
    dispense_motif = forms.ModelChoiceField(
        label="Motif de réduction ou de dispense", queryset=Motif.objects.none(), required=False, empty_label="Aucun",
        help_text="Seulement si l’activité est réduite ou dispensée.",
    )  # fmt: skip
    dispense_fin = choix_dates("Réduction jusqu’au", required=False)
    revision_le = choix_dates("Réexamen avant le", required=False)
    objectifs_proposes = forms.MultipleChoiceField(
        label="Proposés d’après le dernier diagnostic", required=False, widget=forms.CheckboxSelectMultiple
    )
    objectifs_autres = forms.MultipleChoiceField(
        label="Les autres objectifs du référentiel", required=False, widget=forms.CheckboxSelectMultiple
    )
    objectifs_libres = ChampListe(label="Objectifs en d’autres mots", required=False, lignes=2)
    engagements_personne = ChampListe(label="La personne s’engage à", required=False, lignes=3)
    engagements_departement = ChampListe(label="Le Département s’engage à", required=False, lignes=3)
    observations_personne = forms.CharField(
        label="Observations de la personne", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ce qu’elle demande d’écrire, avec ses mots.",
    )  # fmt: skip
    observations_referent = forms.CharField(
        label="Observations du référent", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="La personne lira ce texte. Rien sur la santé ni sur la famille.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, motifs: Iterable[Motif], proposes: Sequence[ObjectifReferentiel],
        autres: Sequence[ObjectifReferentiel], natures: Sequence[str] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        """Take the choices that the path and the regime give."""
        super().__init__(*args, **kwargs)
        self.objectifs = {str(o.pk): o for o in [*proposes, *autres]}
        motif: Any = self.fields["dispense_motif"]
        motif.queryset = Motif.objects.filter(pk__in=[m.pk for m in motifs], nature=NatureMotif.DISPENSE)
        choix: dict[str, Any] = {n: self.fields[n] for n in ("nature", "objectifs_proposes", "objectifs_autres")}
        choix["nature"].choices = [(n, NatureContrat(n).label) for n in natures or NatureContrat.values]
        choix["objectifs_proposes"].choices = [(o.pk, self._dire(o)) for o in proposes]
        choix["objectifs_autres"].choices = [(o.pk, o.libelle) for o in autres]

    @staticmethod
    def _dire(objectif: ObjectifReferentiel) -> str:
        freins = ", ".join(f.libelle.lower() for f in objectif.freins.all() if not f.restreint)
        return f"{objectif.libelle} ({freins})" if freins else objectif.libelle

    def saisie(self, actions: Iterable[Mapping[str, Any]]) -> SaisieContrat:
        """Return what was entered, for the operation."""
        propres = self.cleaned_data
        retenus = [self.objectifs[pk] for n in ("objectifs_proposes", "objectifs_autres") for pk in propres[n]]
        champs = ("nature", "debut", "fin", "heures_hebdo", "dispense_motif", "dispense_fin", "revision_le",
                  "observations_personne", "observations_referent")  # fmt: skip
        return SaisieContrat(
            **{nom: propres[nom] for nom in champs},
            engagements_personne=tuple(propres["engagements_personne"]),
            engagements_departement=tuple(propres["engagements_departement"]),
            objectifs=(*((o, o.libelle) for o in retenus), *((None, t) for t in propres["objectifs_libres"])),
            actions=tuple(SaisieAction(**{n: a[n] for n in SaisieAction.__dataclass_fields__}) for a in actions),
        )

    def initiales(self, saisie: SaisieContrat) -> dict[str, Any]:
        """Return the initial values for `saisie`: an objective withdrawn from the référentiel stays, in words."""
        retenus = {str(o.pk) for o, _ in saisie.objectifs if o is not None}
        connus = retenus & set(self.objectifs)
        libres = [t for o, t in saisie.objectifs if o is None or str(o.pk) not in connus]
        proposes = {str(pk) for pk, _ in self.fields["objectifs_proposes"].choices}  # type: ignore[attr-defined]
        champs = ("nature", "debut", "fin", "heures_hebdo", "dispense_fin", "revision_le", "engagements_personne",
                  "engagements_departement", "observations_personne", "observations_referent")  # fmt: skip
        return {nom: getattr(saisie, nom) for nom in champs} | {
            "dispense_motif": saisie.dispense_motif and saisie.dispense_motif.pk,
            "objectifs_proposes": sorted(connus & proposes),
            "objectifs_autres": sorted(connus - proposes),
            "objectifs_libres": libres,
        }


class LigneAction(Ligne):
    """An action line: its OARSA type, an offer of the catalogue or words, hours a week, dates."""

    significatifs = ("type", "intitule", "offre")
    type = forms.ChoiceField(label="Type d’action", choices=[("", "Choisir"), *TypeActionContrat.choices])
    offre = forms.ModelChoiceField(
        label="Offre du catalogue", queryset=OffreInsertion.objects.none(), required=False, empty_label="Hors catalogue"
    )
    intitule = forms.CharField(label="Action, en clair", required=False, max_length=250)
    heures_hebdo = champ_heures("Heures par semaine")
    debut = choix_dates("Début", required=False)
    fin = choix_dates("Fin", required=False)

    def __init__(self, *args: Any, offres: Sequence[tuple[Any, str]] = (), **kwargs: Any) -> None:
        """Take the published offers, read once for all rows."""
        super().__init__(*args, **kwargs)
        offre: Any = self.fields["offre"]
        offre.queryset = OffreInsertion.objects.publiees()
        offre.choices = [("", "Hors catalogue"), *offres]

    def clean(self) -> dict[str, Any]:
        """Require words or an offer, and dates in order."""
        propres = super().clean() or self.cleaned_data
        if self.has_changed() and not propres.get("intitule") and not propres.get("offre"):
            self.add_error("intitule", "Dites l’action, ou choisissez une offre du catalogue.")
        if propres.get("debut") and propres.get("fin") and propres["fin"] < propres["debut"]:
            self.add_error("fin", "L’action finit avant de commencer.")
        return propres


LISTE_ACTIONS = Liste(
    LigneAction, "Actions", "Action", ajouter="Ajouter une action", vide="Aucune action : ajoutez-en une.",
    aide="Le type sert à l’enquête annuelle de l’État. Une offre du catalogue donne son intitulé.",
)  # fmt: skip


class SignatureForm(forms.Form):
    """The dates of the two first signatures."""

    signe_personne_le = choix_dates("La personne a signé le")
    signe_referent_le = choix_dates("Le référent a signé le")


class PpaeForm(forms.Form):
    """The date of a PPAE."""

    signe_le = choix_dates("PPAE signé à France Travail le")


class DecisionForm(forms.Form):
    """The decision of the encadrant: the button says which one."""

    commentaire = forms.CharField(
        label="Commentaire", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Obligatoire pour renvoyer : dites quoi reprendre. Le référent lira ce texte.",
    )  # fmt: skip
    motif = forms.ModelChoiceField(
        label="Motif du refus", queryset=Motif.objects.none(), required=False, empty_label="Choisir, pour refuser"
    )
    justification = forms.CharField(
        label="Pourquoi vous le validez vous-même", required=False, max_length=500,
        help_text="Ce contrat est le vôtre : la raison reste dans son historique.",
    )  # fmt: skip

    def __init__(self, *args: Any, motifs: Any, sien: bool, **kwargs: Any) -> None:
        """Take the motives in force; ask for a reason only when the contract is the user's own."""
        super().__init__(*args, **kwargs)
        self.fields["motif"].queryset = motifs  # type: ignore[attr-defined]
        if not sien:
            del self.fields["justification"]


class ClotureForm(forms.Form):
    """The bilan of a contract that ends: what was reached, what was done."""

    objectifs = forms.MultipleChoiceField(
        label="Objectifs atteints", required=False, widget=forms.CheckboxSelectMultiple
    )
    actions = forms.MultipleChoiceField(label="Actions réalisées", required=False, widget=forms.CheckboxSelectMultiple)
    bilan = forms.CharField(
        label="Bilan", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Ce que le contrat a permis, ce qui reste à faire. La personne peut lire ce texte.",
    )  # fmt: skip
    clos_le = choix_dates("Clos le")

    def __init__(self, *args: Any, contrat: Any, **kwargs: Any) -> None:
        """Take the lines of the contract (two queries)."""
        super().__init__(*args, **kwargs)
        for nom, lignes in (("objectifs", contrat.objectifs), ("actions", contrat.actions)):
            champ: Any = self.fields[nom]
            champ.choices = [(ligne.pk, str(ligne)) for ligne in lignes.all()]
            if not champ.choices:
                del self.fields[nom]


class AnnulationForm(forms.Form):
    """Why a contract is cancelled."""

    commentaire = forms.CharField(
        label="Pourquoi ce contrat est annulé", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="La raison reste dans son historique.",
    )  # fmt: skip
