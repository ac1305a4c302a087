"""Part of the interview form: one prescription, onto an offer of the catalogue or a free action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from offre.models import EtatOffre, OffreInsertion
from parcours.correspondances import profil_de, refus_de
from parcours.droits.prescriptions import origines_ouvertes
from parcours.operations.prescriptions import Saisie, prescrire, prescrire_et_transmettre
from parcours.regles.correspondances import Profil
from pdi.structures.models import Structure

from .base import Contexte, Volet

CODE = "prescription"


class _OffresJugees(ModelChoiceIterator):  # type: ignore[type-arg]
    """The offers in two groups: those whose conditions the person meets, and the others, each with why."""

    field: ChampOffre

    def __iter__(self) -> Iterator[Any]:
        """Read the person and the offers when the list is shown, and only then."""
        profil = self.field.profil()
        juges = [(offre, refus_de(offre, profil)) for offre in self.queryset.all()]
        yield ("", self.field.empty_label)
        for titre, ecartees in (("Lui conviennent", False), ("Ne lui conviennent pas aujourd’hui", True)):
            groupe = [
                (self.field.prepare_value(offre), " – ".join([str(offre), *refus]))
                for offre, refus in juges
                if bool(refus) == ecartees
            ]
            if groupe:
                yield (titre, groupe)


class ChampOffre(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An offer, each judged for the person whose `profil` is read when the list is shown."""

    iterator = _OffresJugees
    profil: Callable[[], Profil] = Profil


class PrescriptionVolet(forms.Form):
    """What is prescribed. The operator of an offer that has only one need not be chosen."""

    offre: Any = ChampOffre(
        label="Offre du catalogue", queryset=OffreInsertion.objects.none(), required=False,
        empty_label="Aucune : une action hors catalogue",
    )  # fmt: skip
    action_libre = forms.CharField(label="Action hors catalogue", max_length=200, required=False)
    operateur: Any = forms.ModelChoiceField(
        label="Opérateur", queryset=Structure.objects.none(), required=False, empty_label="À préciser plus tard",
        help_text="Inutile quand l’offre n’en a qu’un.",
    )  # fmt: skip
    motivation = forms.CharField(
        label="Ce qu’on attend de l’action", max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’opérateur lit ce texte : dites le but et le rythme, sans santé, ressources ni vie privée.",
    )  # fmt: skip
    transmettre = forms.BooleanField(
        label="La personne a signé aujourd’hui : transmettre aussitôt à l’opérateur", required=False
    )

    def __init__(self, *args: Any, profil: Callable[[], Profil], **kwargs: Any) -> None:
        """Offer what is published, judged for the person, and the structures in activity."""
        super().__init__(*args, **kwargs)
        self.fields["offre"].profil = profil  # type: ignore[attr-defined]
        self.fields["offre"].queryset = OffreInsertion.objects.filter(etat=EtatOffre.PUBLIEE)  # type: ignore[attr-defined]
        self.fields["operateur"].queryset = Structure.objects.actives().d_ici().order_by("nom")  # type: ignore[attr-defined]

    def saisie(self, origine: str) -> Saisie:
        """Return what was typed, ready for the operation."""
        lues = self.cleaned_data
        offre, operateur = lues["offre"], lues["operateur"]
        if offre is not None and operateur is None and len(seuls := list(offre.operateurs.all()[:2])) == 1:
            operateur = seuls[0]
        return Saisie(
            offre=offre, action_libre=lues["action_libre"], operateur=operateur, origine=origine,
            motivation=lues["motivation"],
        )  # fmt: skip


def volet(contexte: Contexte) -> Volet | None:
    """Return the part, None when the reader may not prescribe for this person."""
    origines = origines_ouvertes(contexte.utilisateur, suit=True)
    if not origines:
        return None

    def creer(data: Any) -> forms.BaseForm:
        return PrescriptionVolet(
            data, prefix=CODE, use_required_attribute=False,
            profil=lambda: profil_de(contexte.personne, contexte.jour),
        )  # fmt: skip

    def appliquer(form: PrescriptionVolet) -> str:
        ecrire = prescrire_et_transmettre if form.cleaned_data["transmettre"] else prescrire
        creee = ecrire(personne=contexte.personne, saisie=form.saisie(origines[0]), par=contexte.utilisateur)
        return f"prescription {'transmise' if form.cleaned_data['transmettre'] else 'écrite'} : {creee}"

    return Volet(CODE, "Prescrire une action", creer, appliquer, aide="Une offre du catalogue, ou une action libre.")
