"""Forms of EP files: submit, answer, advise, decide, appeal. Each is made for one file (`dossier`)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier
from actions.forms.lignes import Formulaire
from gouvernance.droits_ep import equipes
from gouvernance.models import (
    Audition,
    DossierEP,
    FormeObservation,
    Instance,
    IssueRecours,
    NatureRecours,
    SensEP,
    ThemeEP,
)
from gouvernance.regles.ep import sens_permis
from gouvernance.regles.sanctions_ep import Foyer, effet_propose, palier_de, paliers, plafond
from parcours.regles.delais import Regime

SANS_SANTE = "Des faits utiles à la décision. Rien sur la santé : ce texte est lu par les membres de l’équipe."


def _texte(**kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": kwargs.pop("lignes", 5)}), max_length=4000, **kwargs)


class SaisineForm(Formulaire):
    """What is submitted to a team."""

    instance = forms.ModelChoiceField(
        label="Équipe pluridisciplinaire", queryset=Instance.objects.none(), empty_label="Choisissez"
    )
    theme = forms.ChoiceField(label="Thème", choices=ThemeEP.choices, widget=forms.RadioSelect)
    faits_le = ChampDate(
        label="Date des faits", help_text="Le régime juridique qui s’applique est celui de ce jour-là."
    )
    expose = _texte(
        label="Ce qui motive la saisine", required=False, help_text=f"{SANS_SANTE} Un brouillon peut attendre."
    )
    demarches = _texte(
        label="Ce qui a été tenté", required=False, lignes=4,
        help_text="Rendez-vous proposés, relances, aides : avec leurs dates.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1, required=False)

    def __init__(self, *args: Any, dossier: DossierEP | None = None, territoire: Any = None, **kwargs: Any) -> None:
        """Show the draft as it is; a new one goes first to the team of the territory."""
        lues = equipes()
        if dossier is not None:
            noms = ("instance", "theme", "faits_le", "expose", "demarches", "version")
            kwargs.setdefault("initial", {n: getattr(dossier, n) for n in noms})
        else:
            choisie = next(
                (e for e in lues if e.territoire_id and e.territoire_id == getattr(territoire, "pk", 0)), None
            )
            kwargs.setdefault("initial", {"instance": choisie or (lues[0] if len(lues) == 1 else None)})
        super().__init__(*args, **kwargs)
        self.fields["instance"].queryset = lues  # type: ignore[attr-defined]
        self.fields["expose"].toujours_dit = True  # type: ignore[attr-defined]  # only a draft does without


class FormulaireDossier(Formulaire):
    """A form about one file."""

    def __init__(self, *args: Any, dossier: DossierEP, **kwargs: Any) -> None:
        """Keep the file, and the regime of its facts."""
        self.dossier, self.regime = dossier, Regime.lire(dossier.regime)
        super().__init__(*args, **kwargs)


class ConfirmationForm(FormulaireDossier):
    """Nothing to type."""


class CommentaireForm(FormulaireDossier):
    """Why."""

    commentaire = _texte(label="Pourquoi", lignes=3)


class JourForm(FormulaireDossier):
    """The day something reached the person."""

    le = ChampDate(label="Reçue par la personne le", help_text="Le délai court à partir du lendemain de ce jour.")


class CorrectionForm(JourForm):
    """Another day, and why."""

    motif = forms.CharField(label="Pourquoi", max_length=250, help_text="Par exemple : accusé de réception mal lu.")


class ObservationForm(FormulaireDossier):
    """What the person answered."""

    recue_le = ChampDate(label="Reçues le")
    forme = forms.ChoiceField(label="Forme", choices=FormeObservation.choices, widget=forms.RadioSelect)
    texte = _texte(
        label="Observations",
        help_text="Ses mots, ou leur résumé fidèle. Le courrier lui-même se joint au dossier, parmi les pièces.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Propose today."""
        kwargs.setdefault("initial", {"recue_le": timezone.localdate(), "forme": FormeObservation.ECRIT})
        super().__init__(*args, **kwargs)


class AuditionForm(FormulaireDossier):
    """Whether she is heard, and with whom."""

    audition = forms.ChoiceField(
        label="Audition par l’équipe", choices=Audition.choices, widget=forms.RadioSelect, required=False
    )
    assistance = forms.CharField(
        label="Assistée par", max_length=150, required=False,
        help_text="La personne de son choix : avocat, association, proche.",
    )  # fmt: skip

    def __init__(self, *args: Any, dossier: DossierEP, **kwargs: Any) -> None:
        """Show what is known."""
        kwargs.setdefault("initial", {"audition": dossier.audition, "assistance": dossier.assistance})
        super().__init__(*args, dossier=dossier, **kwargs)
        self.fields["audition"].toujours_dit = True  # type: ignore[attr-defined]  # « non demandée » is an answer


class _MesureForm(FormulaireDossier):
    """A sense and, for a sanction, a step with its rate and length; the bounds are said before being refused."""

    sens = forms.ChoiceField(label="Sens", widget=forms.RadioSelect)
    palier = forms.TypedChoiceField(label="Palier de la sanction", coerce=int, empty_value=None, required=False)
    taux = ChampEntier(label="Taux, en %", maximum=1000, required=False, help_text="Pour une sanction.")
    mois = ChampEntier(label="Durée, en mois", maximum=120, required=False, help_text="Pour une sanction.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what the theme and the regime allow."""
        super().__init__(*args, **kwargs)
        permis = sens_permis(self.dossier.theme)
        champs: dict[str, Any] = dict(self.fields)
        champs["sens"].choices = [(s.value, s.label) for s in permis]
        if SensEP.SANCTION not in permis:
            for nom in ("palier", "taux", "mois"):
                del self.fields[nom]
            return
        lus = paliers(self.regime)
        for nom in ("palier", "taux", "mois"):
            champs[nom].toujours_dit = True  # a sanction needs them: « facultatif » would mislead
        champs["palier"].choices = [("", "Aucun"), *((p.numero, f"{p.numero} – {p.libelle}") for p in lus)]
        champs["palier"].help_text = " ; ".join(self._bornes(p.numero) for p in lus) + "."

    def _bornes(self, numero: int) -> str:
        palier = palier_de(self.regime, numero)
        if palier is None or palier.definitif:
            return f"{numero} : sans taux ni durée"
        bas, haut = plafond(self.regime, palier, Foyer(self.dossier.personnes_foyer, self.dossier.majoration))
        return f"{numero} : {bas} à {haut} %, {palier.mois_min} à {palier.mois_max} mois"

    @property
    def mesure(self) -> dict[str, Any]:
        """Return the measure; what is not a sanction has no step."""
        lues = self.cleaned_data
        garde = lues["sens"] == SensEP.SANCTION
        return {"sens": lues["sens"]} | {n: lues.get(n) if garde else None for n in ("palier", "taux", "mois")}


class AvisForm(_MesureForm):
    """The opinion of the team."""

    motivation = _texte(label="Motivation de l’avis", required=False, lignes=3)
    audition = forms.ChoiceField(
        label="La personne", required=False,
        choices=[("", "N’était pas attendue"), (Audition.ENTENDUE, "A été entendue"),
                 (Audition.ABSENTE, "Ne s’est pas présentée")],
    )  # fmt: skip
    unanimite = forms.BooleanField(label="À l’unanimité", required=False)
    pour = ChampEntier(label="Pour", maximum=500, required=False)
    contre = ChampEntier(label="Contre", maximum=500, required=False)
    abstentions = ChampEntier(label="Abstentions", maximum=500, required=False)

    def __init__(self, *args: Any, dossier: DossierEP, **kwargs: Any) -> None:
        """Show the opinion already given, if any."""
        avis = getattr(dossier, "avis", None)
        if avis is not None:
            noms = ("sens", "palier", "taux", "mois", "motivation", "unanimite", "pour", "contre", "abstentions")
            kwargs.setdefault("initial", {n: getattr(avis, n) for n in noms} | {"audition": dossier.audition})
        super().__init__(*args, dossier=dossier, **kwargs)
        self.fields["audition"].toujours_dit = True  # type: ignore[attr-defined]

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the opinion, for the operation."""
        noms = ("motivation", "audition", "unanimite", "pour", "contre", "abstentions")
        return self.mesure | {n: self.cleaned_data[n] for n in noms}


class DecisionEPForm(_MesureForm):
    """The decision of the président du conseil départemental."""

    personnes_foyer = ChampEntier(
        label="Personnes au foyer", minimum=1, maximum=30, required=False,
        help_text="Le plafond de la sanction en dépend.",
    )  # fmt: skip
    precedente_le = ChampDate(
        label="Date de la sanction précédente", required=False, help_text="Obligatoire à partir du palier 2."
    )
    effet_le = ChampDate(label="Prend effet le", required=False, help_text="Pour une sanction.")
    motifs = _texte(label="Motifs de la décision", help_text="Repris dans la lettre de notification.")
    ecart = _texte(
        label="Pourquoi la décision s’écarte de l’avis", required=False, lignes=3,
        help_text="Obligatoire quand elle s’en écarte. Repris dans la lettre.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, dossier: DossierEP, **kwargs: Any) -> None:
        """Start from the opinion."""
        avis = getattr(dossier, "avis", None)
        initial = {"version": dossier.version, "personnes_foyer": dossier.personnes_foyer}
        if avis is not None:
            initial |= {n: getattr(avis, n) for n in ("sens", "palier", "taux", "mois")}
        kwargs.setdefault("initial", initial | {"effet_le": effet_propose(timezone.localdate())})
        super().__init__(*args, dossier=dossier, **kwargs)
        if avis is None:
            del self.fields["ecart"]
        else:
            self.fields["ecart"].toujours_dit = True  # type: ignore[attr-defined]
        if "palier" not in self.fields:
            for nom in ("personnes_foyer", "precedente_le", "effet_le"):
                del self.fields[nom]
        else:
            for nom in ("personnes_foyer", "precedente_le", "effet_le"):
                self.fields[nom].toujours_dit = True  # type: ignore[attr-defined]
            self.order_fields(["sens", "palier", "taux", "mois", "personnes_foyer", "precedente_le", "effet_le"])

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the decision, for the operation."""
        noms = ("personnes_foyer", "precedente_le", "effet_le", "motifs", "ecart", "version")
        return self.mesure | {n: self.cleaned_data[n] for n in noms if n in self.cleaned_data}


class LeveeForm(FormulaireDossier):
    """From when a sanction is lifted, and why."""

    le = ChampDate(label="Levée à partir du")
    motif = forms.CharField(label="Motif", max_length=250, help_text="Par exemple : contrat signé le 12 mars.")


class RecoursForm(FormulaireDossier):
    """An appeal."""

    nature = forms.ChoiceField(label="Nature", choices=NatureRecours.choices, widget=forms.RadioSelect)
    recu_le = ChampDate(label="Reçu le")
    motifs = _texte(label="Ce que la personne conteste", required=False, lignes=4)


class IssueForm(FormulaireDossier):
    """How an appeal ended."""

    issue = forms.ChoiceField(
        label="Issue", choices=[c for c in IssueRecours.choices if c[0]], widget=forms.RadioSelect
    )
    issue_le = ChampDate(label="Tranché le")
    issue_texte = _texte(label="Ce qui est décidé", required=False, lignes=4)
