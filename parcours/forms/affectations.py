"""Forms of référents and of bulk actions. Shape only: the rules speak in the operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier
from parcours.droits.affectations import referents_designables
from parcours.forms.orientation import RECOIT, par_nature
from parcours.models import Motif, NatureMotif
from parcours.operations.affectations import SaisieReferent
from parcours.operations.rendez_vous_suivis import CHOIX, CONFIER
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.structures.models import NatureStructure, Structure

SANS_REFERENT = (NatureStructure.ETAT, NatureStructure.REGION, NatureStructure.COLLECTIF)  # they follow nobody


def motifs_de_fin() -> QuerySet[Motif]:
    """Return the reasons of end of a follow-up, in the list of today."""
    return Motif.objects.filter(nature=NatureMotif.FIN_REFERENT, validite__contains=timezone.localdate())


class DesignerForm(forms.Form):
    """A référent, by account or by name, and the first day. `motif_fin` ends what is in progress."""

    referent: Any = forms.ModelChoiceField(
        Utilisateur.objects.none(),
        label="Référent",
        required=False,
        empty_label="Choisir, ou nommer un agent sans compte",
    )
    referent_nom = forms.CharField(label="Ou, sans compte : nom de l’agent", max_length=120, required=False)
    structure: Any = forms.ModelChoiceField(
        Structure.objects.none(), label="Structure", required=False, empty_label="Celle du référent",
        help_text="Obligatoire pour un agent sans compte ; sinon, celle de son habilitation.",
    )  # fmt: skip
    debut = ChampDate(label="À partir du")
    binome: Any = forms.ModelChoiceField(
        Utilisateur.objects.none(), label="Binôme", required=False, empty_label="Aucun",
        help_text="Pour un accompagnement global : le second professionnel.",
    )  # fmt: skip
    motif_fin: Any = forms.ModelChoiceField(
        Motif.objects.none(), label="Motif de fin du suivi en cours", required=False, empty_label="Aucun suivi en cours"
    )

    rendez_vous = forms.ChoiceField(
        label="Rendez-vous déjà prévus avec l’ancien référent", choices=CHOIX, required=False, initial=CONFIER,
    )  # fmt: skip

    def __init__(self, *args: Any, par: Any, **kwargs: Any) -> None:
        """Offer the accounts that `par` may appoint."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("debut", timezone.localdate())
        self.fields["referent"].queryset = referents_designables(par)  # type: ignore[attr-defined]
        for nom in ("referent", "referent_nom", "structure", "motif_fin", "rendez_vous"):
            champ: Any = self.fields[nom]
            champ.toujours_dit = True  # one of two is needed, or the empty choice is an answer: never « facultatif »
        if "binome" in self.fields:
            self.fields["binome"].queryset = referents_designables(par)  # type: ignore[attr-defined]
        self._offrir_structures()
        self.fields["motif_fin"].queryset = motifs_de_fin()  # type: ignore[attr-defined]

    def _offrir_structures(self) -> None:
        """Offer those of the département that may employ a référent, first those that already receive people."""
        champ: Any = self.fields["structure"]
        possibles = Structure.objects.actives().d_ici().exclude(nature__in=SANS_REFERENT)
        champ.queryset = possibles.order_by("nature", "nom", "pk")
        recoivent = list(champ.queryset.filter(RECOIT).order_by("nom", "pk").values_list("pk", flat=True))
        (_, *groupes) = par_nature(champ.queryset, (), {"Accueillent déjà des personnes": recoivent})
        champ.choices = [("", champ.empty_label), *groupes]

    def clean(self) -> dict[str, Any]:
        """Demand one référent, by account or by name, and find the structure."""
        propres = super().clean() or self.cleaned_data
        referent, nom = propres.get("referent"), " ".join(propres.get("referent_nom", "").split())
        propres["referent_nom"] = nom
        if not referent and not nom and "referent" not in self.errors:
            self.add_error("referent", "Choisissez un référent, ou écrivez le nom d’un agent sans compte.")
        if referent and nom:
            self.add_error("referent_nom", "Choisissez un compte ou écrivez un nom, pas les deux.")
        if not propres.get("structure") and (referent or nom):
            propres["structure"] = _structure_de(referent) if referent else None
            if propres["structure"] is None:
                self.add_error("structure", "Indiquez la structure pour laquelle cette personne suit.")
        return propres

    def saisie(self) -> SaisieReferent:
        """Return what was typed, as the operations read it."""
        propres = self.cleaned_data
        return SaisieReferent(
            structure=propres["structure"], debut=propres["debut"], referent=propres["referent"],
            referent_nom=propres["referent_nom"], binome=propres.get("binome"), motif_fin=propres["motif_fin"],
            rendez_vous=propres.get("rendez_vous") or CONFIER,
        )  # fmt: skip


def _structure_de(referent: Utilisateur) -> Structure | None:
    """Return the structure for which an account is référent today, None when there are several or none."""
    tenues = Habilitation.objects.au(timezone.localdate()).filter(
        utilisateur=referent, role=Role.REFERENT, structure__isnull=False
    )
    structures = {h.structure_id: h.structure for h in tenues.select_related("structure")}
    return next(iter(structures.values())) if len(structures) == 1 else None


class DesignerLotForm(DesignerForm):
    """The same for many people: a binôme is one person's matter."""

    binome = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what an empty reason does."""
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["motif_fin"]
        champ.label = "Les personnes qui ont déjà un référent"
        champ.empty_label, champ.help_text = "Le gardent : elles sont écartées de cette désignation", ""
        champ.label_from_instance = lambda motif: f"Changent de référent, motif : {motif}"
        self.fields["rendez_vous"].label = "Rendez-vous prévus avec un référent remplacé"


class TransfererForm(DesignerLotForm):
    """A portfolio, or a part of it, to another référent: the reason is the transfer, unless said otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Demand a reason: each follow-up ends."""
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["motif_fin"]
        champ.required, champ.empty_label = True, None
        champ.label, champ.label_from_instance = "Motif du transfert", str
        defaut = motifs_de_fin().filter(code="transfert_portefeuille").first()
        if defaut is not None:
            self.initial.setdefault("motif_fin", defaut.pk)


class TerminerForm(forms.Form):
    """The last day of a follow-up, and why it ends."""

    dernier_jour = ChampDate(label="Dernier jour du suivi")
    motif: Any = forms.ModelChoiceField(Motif.objects.none(), label="Motif", empty_label="Choisir un motif")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer today's list of reasons."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("dernier_jour", timezone.localdate())
        self.fields["motif"].queryset = motifs_de_fin()  # type: ignore[attr-defined]


class CapaciteForm(forms.Form):
    """How many people a référent may follow at once."""

    places = ChampEntier(
        label="Nombre de personnes suivies au plus", required=False, maximum=2000,
        help_text="Vide : sans limite. Au-delà, l’aperçu d’une désignation le signale.",
    )  # fmt: skip
