"""Enter the values of a fiche for a year, of one indicator; put a former value back; run the calculations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from actions.droits import peut_modifier_programme, peut_saisir_mesure
from actions.forms.indicateurs import LigneMesure
from actions.forms.lignes import BaseLignes, Liste
from actions.models import CibleIndicateur, FicheAction, Indicateur, MesureIndicateur, Programme, SourceIndicateur
from actions.operations.mesures import CHAMPS_SAISIS, Saisie, retablir_mesure, saisir_mesures
from actions.regles.echeances import Periode, a_saisir_avant, periode_de_code, periodes_saisissables
from pdi.socle import traitements
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte, date_longue
from pdi.socle.formulaires import entier
from pdi.socle.tri import Colonne

from .ecran import Lignes
from .sections import ariane_de_fiche
from .suivi import EcranDeFiche

COLONNES = [
    Colonne("Indicateur"),
    Colonne("Valeur"),
    Colonne("Numérateur"),
    Colonne("Dénominateur"),
    Colonne("Commentaire et source"),
]
COLONNES_HISTORIQUE = [
    Colonne("Valeur"),
    Colonne("Période"),
    Colonne("Saisie"),
    Colonne("Remplacée"),
    Colonne("Commentaire"),
    Colonne("Rétablir", masquee=True),
]


class MesuresSaisir(EcranDeFiche):
    """The values of every indicator of a fiche for a year: the most frequent gesture, keyboard first."""

    gabarit = "actions/edition/mesures.html"
    bouton = "Enregistrer les valeurs"
    en_table = True
    listes = {"mesures": Liste(LigneMesure, "Valeurs", "Valeur", fixe=True, vide="Aucun indicateur à saisir.")}

    def preparer(self) -> None:
        """Fetch the fiche and the year."""
        super().preparer()
        self.preparer_annee()
        self.titre = f"Saisir les valeurs {self.annee}"

    def preparer_annee(self) -> None:
        """Read the year of the address, the running one of the programme by default."""
        jour = timezone.localdate()
        defaut = self.fiche.programme.annee_de_travail(jour)
        annee = entier(str(self.kwargs.get("annee") or self.request.GET.get("annee") or ""))
        self.annee = annee if annee and 1988 <= annee <= jour.year else min(defaut, jour.year)

    @cached_property
    def indicateurs(self) -> dict[int, Indicateur]:
        """Return {id: indicator} of those entered, in order."""
        suivis = self.fiche.indicateurs.filter(actif=True, source=SourceIndicateur.SAISI)
        return {i.pk: i for i in suivis}

    @cached_property
    def courantes(self) -> dict[tuple[int, Any, Any], MesureIndicateur]:
        """Return the values in force of the year."""
        lues = MesureIndicateur.objects.courantes().filter(indicateur__in=self.indicateurs, annee=self.annee)
        return {(m.indicateur_id, m.periode.lower, m.periode.upper): m for m in lues.select_related("auteur")}

    @cached_property
    def cases(self) -> list[tuple[Indicateur, Periode]]:
        """Return what is to fill: the periods begun of each indicator."""
        jour = timezone.localdate()
        return [
            (i, p)
            for i in self.indicateurs.values()
            for p in periodes_saisissables(i.periodicite, self.annee)
            if p.debut <= jour
        ]

    def initial_lignes(self) -> Lignes:
        """Return one row per indicator and period, filled with the value in force."""
        lignes = []
        for indicateur, periode in self.cases:
            mesure = self.courantes.get((indicateur.pk, periode.debut, periode.fin))
            ligne: dict[str, Any] = {"indicateur": indicateur.pk, "periode": periode.code}
            if mesure is not None:
                ligne |= {nom: getattr(mesure, nom) for nom in CHAMPS_SAISIS} | {"vue": mesure.pk}
            lignes.append(ligne)
        return {"mesures": lignes}

    def options_lignes(self) -> dict[str, dict[str, Any]]:
        """Let each row know its indicator."""
        return {"mesures": {"indicateurs": self.indicateurs}}

    def habiller(self, lignes: Mapping[str, BaseLignes]) -> None:
        """Give each row what is shown beside its boxes."""
        cibles = dict(
            CibleIndicateur.objects.filter(indicateur__in=self.indicateurs, annee=self.annee).values_list(
                "indicateur_id", "valeur"
            )
        )
        cases = {f"{i.pk}:{p.code}": (i, p) for i, p in self.cases}
        precedent: Indicateur | None = None
        for ligne in lignes["mesures"].forms:
            case = cases.get(f"{ligne['indicateur'].value()}:{ligne['periode'].value()}")
            if case is None:
                ligne.case, ligne.titre = None, "Valeur"
                continue
            indicateur, periode = case
            ligne.titre = f"{indicateur.libelle}, {periode.libelle}"
            if self.en_table:
                ligne.nommer(ligne.titre)
            ligne.case = {
                "indicateur": indicateur,
                "periode": periode,
                "avant": a_saisir_avant(periode),
                "mesure": self.courantes.get((indicateur.pk, periode.debut, periode.fin)),
                "cible": cibles.get(indicateur.pk),
                "premiere": indicateur is not precedent,
            }
            precedent = indicateur

    def contexte(self) -> dict[str, Any]:
        """Offer the other years; name the indicators that are computed."""
        jour = timezone.localdate()
        annees = [a for a in self.fiche.programme.annees if a <= jour.year]
        return super().contexte() | {
            "annee": self.annee,
            "colonnes": COLONNES,
            "annees": [(a, self.adresse_annee(a)) for a in annees],
            "calcules": self.fiche.indicateurs.filter(actif=True, source=SourceIndicateur.CALCULE),
        }

    def adresse_annee(self, annee: int) -> str:
        """Return the address of the same screen for another year."""
        return reverse("actions:mesures_saisir", args=[self.fiche.pk, annee])

    def enregistrer(self) -> str:
        """Write the values that changed."""
        saisies = [
            Saisie(
                indicateur_id=ligne["indicateur"],
                periode=_periode(ligne["periode"]),
                vue=ligne["vue"],
                **{nom: ligne[nom] for nom in CHAMPS_SAISIS},
            )
            for ligne in self.lignes["mesures"]
        ]
        nombre = saisir_mesures(fiche=self.fiche, saisies=saisies, par=self.request.user)
        texte = f"{compte(nombre, 'valeur enregistrée', 'valeurs enregistrées')}." if nombre else "Rien n’a changé."
        self.dire(texte, self.fiche.get_absolute_url(), "Voir la fiche")
        return self.retour()


def _periode(code: str) -> Periode:
    try:
        return periode_de_code(code)
    except ValueError as erreur:
        raise RegleMetier("Une période est inconnue : rechargez la page.") from erreur


class MesureSaisir(MesuresSaisir):
    """The values of one indicator, with its history."""

    gabarit = "actions/edition/mesure.html"
    en_table = False

    def preparer(self) -> None:
        """Fetch the indicator."""
        visibles = Indicateur.objects.visibles_par(self.request.user).select_related("fiche__programme")
        self.indicateur = get_object_or_404(visibles, pk=self.kwargs["pk"])
        exiger(peut_saisir_mesure(self.request.user, self.indicateur))
        self.fiche: FicheAction = self.indicateur.fiche
        self.onglet = f"Indicateur – fiche {self.fiche.numero}"
        self.preparer_annee()
        self.titre = f"Saisir la valeur {self.annee}"

    @cached_property
    def indicateurs(self) -> dict[int, Indicateur]:
        """Return the only one."""
        return {self.indicateur.pk: self.indicateur}

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_fiche(
            self.fiche, Lien(str(self.indicateur), self.indicateur.get_absolute_url()), Lien(self.titre)
        )

    def retour(self) -> str:
        """Return to the indicator."""
        return self.adresse_de_retour(self.indicateur.get_absolute_url())

    def adresse_annee(self, annee: int) -> str:
        """Return the address of the same screen for another year."""
        return f"{reverse('actions:mesure_saisir', args=[self.indicateur.pk])}?annee={annee}"

    def contexte(self) -> dict[str, Any]:
        """Show the former values of the year."""
        historique = self.indicateur.mesures.filter(annee=self.annee, remplacee_le__isnull=False)
        return super().contexte() | {
            "indicateur": self.indicateur,
            "colonnes_historique": COLONNES_HISTORIQUE,
            "historique": historique.select_related("auteur").order_by("-saisie_le"),
        }


@login_required
@require_POST
def mesure_retablir(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a replaced value back."""
    visibles = MesureIndicateur.objects.filter(indicateur__in=Indicateur.objects.visibles_par(request.user))
    mesure = get_object_or_404(visibles.select_related("indicateur__fiche__programme"), pk=pk)
    adresse = f"{reverse('actions:mesure_saisir', args=[mesure.indicateur_id])}?annee={mesure.annee}"
    try:
        retablir_mesure(mesure=mesure, par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"La valeur du {date_longue(mesure.saisie_le)} est rétablie.")
    return HttpResponseRedirect(adresse)


@login_required
@require_POST
def indicateurs_calculer(request: HttpRequest, code: str) -> HttpResponse:
    """Launch the computation of the indicators of a programme, or join the one that runs."""
    programme = get_object_or_404(Programme.objects.visibles_par(request.user), code=code)
    exiger(peut_modifier_programme(request.user, programme))
    jour = timezone.localdate()
    annee = entier(request.POST.get("annee")) or min(programme.annee_de_travail(jour), jour.year)
    traitement, _ = traitements.lancer(
        nature="calcul_indicateurs",
        cle=f"{programme.code}:{annee}",
        intitule=f"Calcul des indicateurs {annee} – {programme.intitule_court}",
        par=request.user,
        tache="actions.calculer_indicateurs",
        parametres={"programme_id": programme.pk, "annee": annee},
        url_retour=programme.get_absolute_url(),
    )
    return HttpResponseRedirect(reverse("socle:traitement", args=[traitement.pk]))
