"""Forms of sessions."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import forms

from actions.forms.champs import ChampDate, ChampEntier, ChampNombre
from offre.models import LieuOffre, OffreInsertion, QuotaSession, Session, UniteCapacite
from pdi.structures.models import Structure

PART = "part_"
# What is not recorded about people (priority neighbourhood, disability) would keep places nobody could ever take.
PUBLICS_COMPTES = (QuotaSession.Public.BRSA, QuotaSession.Public.FEMMES, QuotaSession.Public.JEUNES)
CHAMPS_SESSION = (
    "operateur", "intitule", "debut", "fin", "inscription_jusqu_au", "lieu", "horaires", "unite", "capacite",
    "delai_reponse_jours",
)  # fmt: skip


class SessionForm(forms.Form):
    """What a session says. With `session`, its operator and its unit do not change any more."""

    operateur = forms.ModelChoiceField(
        label="Opérateur", queryset=Structure.objects.none(), required=False, empty_label="Tenue par le Département"
    )
    intitule = forms.CharField(
        label="Intitulé", max_length=150, required=False,
        help_text="Ce qui la distingue des autres, par exemple : Session d’automne à Évry-Courcouronnes.",
    )  # fmt: skip
    debut = ChampDate(label="Premier jour")
    fin = ChampDate(
        label="Dernier jour", required=False, help_text="Laissez vide pour des entrées et sorties permanentes."
    )
    inscription_jusqu_au = ChampDate(label="Inscriptions jusqu’au", required=False, help_text="Ce jour compris.")
    lieu = forms.ModelChoiceField(
        label="Lieu", queryset=LieuOffre.objects.none(), required=False, empty_label="Pas encore fixé",
        help_text="Les lieux sont ceux de la fiche de l’offre.",
    )  # fmt: skip
    horaires = forms.CharField(label="Horaires", max_length=200, required=False)
    unite = forms.ChoiceField(
        label="Ce que la session compte", choices=UniteCapacite.choices, widget=forms.RadioSelect,
        initial=UniteCapacite.PLACES, help_text="Des heures pour une intervention à domicile, des places sinon.",
    )  # fmt: skip
    capacite = ChampNombre(label="Capacité", chiffres=9, decimales=1, positif=True)
    delai_reponse_jours = ChampEntier(
        label="Jours pour répondre à une place proposée", maximum=90, required=False,
        help_text="Quand une place se libère, la première personne en attente a ce délai ; sans réponse, la place va "
        "à la suivante. Laissez vide pour ne jamais la reprendre.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, offre: OffreInsertion, operateurs: Any, session: Session | None = None, **kwargs: Any
    ) -> None:
        """Offer the places of the sheet, and one field a share that people can be counted in."""
        kwargs.setdefault("initial", _initial(session) if session else {"delai_reponse_jours": 7})
        super().__init__(*args, **kwargs)
        self.fields["lieu"].queryset = offre.lieux.select_related("commune")  # type: ignore[attr-defined]
        if session is not None:
            del self.fields["operateur"], self.fields["unite"]
        else:
            self._operateurs(operateurs)
        for public in PUBLICS_COMPTES:
            self.fields[f"{PART}{public.value}"] = ChampNombre(
                label=f"Réservées : {public.label.lower().replace('rsa', 'RSA')}", chiffres=9, decimales=1,
                positif=True, required=False,
            )  # fmt: skip

    def _operateurs(self, operateurs: Any) -> None:
        champ: Any = self.fields["operateur"]
        champ.queryset = operateurs
        possibles = list(operateurs[:2])
        if len(possibles) == 1:
            self.initial.setdefault("operateur", possibles[0].pk)

    def clean_capacite(self) -> Decimal:
        """Refuse nothing at all."""
        capacite: Decimal = self.cleaned_data["capacite"]
        if not capacite:
            raise forms.ValidationError("La capacité est supérieure à zéro.", code="nulle")
        return capacite

    def clean(self) -> dict[str, Any]:
        """Say beside its field which date is out of order."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        debut, fin, limite = lues.get("debut"), lues.get("fin"), lues.get("inscription_jusqu_au")
        if debut and fin and fin < debut:
            self.add_error("fin", f"La session finirait avant de commencer, le {debut:%d/%m/%Y}.")
        if fin and limite and limite > fin:
            self.add_error("inscription_jusqu_au", f"La session sera finie, le {fin:%d/%m/%Y}.")
        return lues

    @property
    def parts(self) -> dict[str, Decimal]:
        """Return the shares that keep something."""
        return {p.value: v for p in PUBLICS_COMPTES if (v := self.cleaned_data.get(f"{PART}{p.value}"))}

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the session, ready for the operation."""
        return {nom: self.cleaned_data[nom] for nom in CHAMPS_SESSION if nom in self.cleaned_data}


def _initial(session: Session) -> dict[str, Any]:
    valeurs = {nom: getattr(session, nom) for nom in CHAMPS_SESSION}
    return valeurs | {f"{PART}{q.public}": q.reservees for q in session.quotas.all()}


class DuplicationForm(forms.Form):
    """When the copy begins."""

    debut = ChampDate(label="Premier jour de la nouvelle session")

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        """Propose the day after the end, else the same day next year."""
        suivant = session.fin + datetime.timedelta(days=3) if session.fin else session.debut
        kwargs.setdefault("initial", {"debut": suivant})
        super().__init__(*args, **kwargs)


class AnnulationForm(forms.Form):
    """Why a session is cancelled."""

    motif = forms.CharField(
        label="Motif de l’annulation", max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ceux qui suivent les personnes inscrites le lisent.",
    )  # fmt: skip
