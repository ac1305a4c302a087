"""The follow-up of a fiche: status, progress, spending; notes, attachments, answers to anomalies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from actions.droits import peut_retirer_note, peut_retirer_piece, peut_suivre_fiche
from actions.forms import suivi as formulaires
from actions.forms.lignes import Liste
from actions.models import Anomalie, FicheAction, NoteFiche, PieceJointe
from actions.operations import anomalies as operations_anomalies
from actions.operations import suivi as operations
from actions.operations.commun import Etat
from actions.operations.sections import SUIVI, etat_section
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formats import date_longue, euros

from .ecran import Confirmation, Ecran, Lignes
from .sections import ariane_de_fiche


def fiche_suivie(request: HttpRequest, pk: int) -> FicheAction:
    """Return a fiche that the user may read and follow. Raises Http404, DroitInsuffisant."""
    fiche = get_object_or_404(FicheAction.objects.visibles_par(request.user).select_related("programme"), pk=pk)
    exiger(peut_suivre_fiche(request.user, fiche))
    return fiche


class EcranDeFiche(Ecran):
    """A screen of the follow-up of a fiche."""

    def preparer(self) -> None:
        """Fetch the fiche."""
        self.fiche = fiche_suivie(self.request, self.kwargs["pk"])
        self.onglet = f"Fiche {self.fiche.numero}"

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_fiche(self.fiche, Lien(self.titre))

    def retour(self) -> str:
        """Return to the fiche."""
        return self.adresse_de_retour(self.fiche.get_absolute_url())

    def contexte(self) -> dict[str, Any]:
        """Name the fiche."""
        return {"fiche": self.fiche}


class FicheSuivre(EcranDeFiche):
    """Status, steps, spending."""

    titre = "Suivi de l’action"
    formulaire = formulaires.StatutForm
    listes = {
        "etapes": Liste(
            formulaires.LigneAvancement,
            "Avancement des étapes",
            "Étape",
            aide="Une étape réalisée passe à 100 %, à la date du jour si vous n’en donnez pas.",
            vide="La fiche n’a pas d’étape.",
            fixe=True,
        ),
        "depenses": Liste(
            formulaires.LigneDepense,
            "Dépenses réalisées",
            "Financeur",
            aide="En euros. Vide : dépense non connue.",
            vide="La fiche n’a pas de plan de financement.",
            fixe=True,
            compacte=True,
        ),
    }

    def initial(self) -> dict[str, Any]:
        """Return the status."""
        return {"statut": self.fiche.statut, "statut_motif": self.fiche.statut_motif}

    @cached_property
    def _etapes(self) -> list[Any]:
        return list(self.fiche.etapes.all())

    @cached_property
    def _plan(self) -> list[Any]:
        return list(self.fiche.financements.select_related("financeur"))

    def initial_lignes(self) -> Lignes:
        """Return the progress of each step and what each funder paid."""
        champs = ("pk", "etat", "avancement", "realisee_le", "commentaire")
        return {
            "etapes": [{nom: getattr(e, nom) for nom in champs} for e in self._etapes],
            "depenses": [{"pk": f.pk, "realise": f.realise} for f in self._plan],
        }

    def etat(self) -> Etat | None:
        """Return the follow-up in words."""
        return etat_section(self.fiche, SUIVI)

    def titres(self) -> dict[str, str]:
        """Name each step, and each funder with what it plans."""
        titres = {f"etapes:{e.pk}": e.intitule for e in self._etapes}
        for ligne in self._plan:
            prevu = f"{euros(ligne.prevu)} prévus" if ligne.prevu is not None else "montant prévu non indiqué"
            titres[f"depenses:{ligne.pk}"] = f"{ligne.financeur}, {ligne.annee or 'ensemble de l’action'} ({prevu})"
        return titres

    def enregistrer(self) -> str:
        """Write."""
        operations.suivre_fiche(
            fiche=self.fiche,
            etapes=self.lignes["etapes"],
            depenses=self.lignes["depenses"],
            par=self.request.user,
            empreinte=self.vue,
            **self.form.cleaned_data,
        )
        self.dire("Le suivi de la fiche est enregistré.")
        return self.retour()


class NoteAjouter(EcranDeFiche):
    """Write a note."""

    titre = "Ajouter une note"
    bouton = "Ajouter la note"
    formulaire = formulaires.NoteForm

    def initial(self) -> dict[str, Any]:
        """Date it from today."""
        return {"date": timezone.localdate()}

    def enregistrer(self) -> str:
        """Add."""
        operations.ajouter_note(fiche=self.fiche, par=self.request.user, **self.form.cleaned_data)
        self.dire("La note est ajoutée.")
        return self.retour()


class PieceAjouter(EcranDeFiche):
    """Attach a file."""

    titre = "Joindre un document"
    bouton = "Joindre le document"
    formulaire = formulaires.PieceForm
    multipart = True

    def enregistrer(self) -> str:
        """Attach."""
        piece = operations.ajouter_piece(
            fiche=self.fiche,
            fichier=self.form.cleaned_data["fichier"],
            nom=_nom_avec_extension(self.form.cleaned_data["nom"], self.form.cleaned_data["fichier"].name),
            par=self.request.user,
        )
        self.dire(f"« {piece.nom} » est joint à la fiche.")
        return self.retour()


def _nom_avec_extension(nom: str, fichier: str) -> str:
    """Return the name to show, with the extension of the file: its type is checked on it."""
    extension = fichier.rpartition(".")[2]
    return nom if not nom or nom.lower().endswith(f".{extension.lower()}") else f"{nom}.{extension}"


class NoteRetirer(Confirmation):
    """Remove a note."""

    bouton = "Retirer la note"
    titre = "Retirer cette note ?"

    def preparer(self) -> None:
        """Fetch the note."""
        visibles = NoteFiche.objects.filter(fiche__in=FicheAction.objects.visibles_par(self.request.user))
        self.note = get_object_or_404(visibles.select_related("fiche__programme"), pk=self.kwargs["pk"])
        exiger(peut_retirer_note(self.request.user, self.note))
        self.texte = (
            f"Note du {date_longue(self.note.date)} : « {self.note.texte[:300]} ». Le journal en garde le texte."
        )

    def retour(self) -> str:
        """Return to the fiche."""
        return self.note.fiche.get_absolute_url()

    def faire(self) -> str:
        """Remove."""
        operations.retirer_note(note=self.note, par=self.request.user)
        messages.success(self.request, "La note est retirée.")
        return self.retour()


class PieceRetirer(Confirmation):
    """Remove an attachment."""

    bouton = "Retirer le document"

    def preparer(self) -> None:
        """Fetch the attachment."""
        visibles = PieceJointe.objects.filter(fiche__in=FicheAction.objects.visibles_par(self.request.user))
        self.piece = get_object_or_404(visibles.select_related("fiche__programme"), pk=self.kwargs["pk"])
        exiger(peut_retirer_piece(self.request.user, self.piece))
        self.titre = f"Retirer « {self.piece.nom} » ?"
        self.texte = "Le document est supprimé de la fiche et du serveur. Le journal garde son nom, pas son contenu."

    def retour(self) -> str:
        """Return to the fiche."""
        return self.piece.fiche.get_absolute_url()

    def faire(self) -> str:
        """Remove."""
        operations.retirer_piece(piece=self.piece, par=self.request.user)
        messages.success(self.request, f"« {self.piece.nom} » est retiré.")
        return self.retour()


def anomalie_suivie(request: HttpRequest, pk: int) -> Anomalie:
    """Return an anomaly that the user may answer. Raises Http404, DroitInsuffisant."""
    visibles = Anomalie.objects.filter(fiche__in=FicheAction.objects.visibles_par(request.user))
    anomalie = get_object_or_404(visibles.select_related("fiche__programme"), pk=pk)
    exiger(peut_suivre_fiche(request.user, anomalie.fiche))
    return anomalie


class AnomalieRepondre(EcranDeFiche):
    """Answer an anomaly."""

    gabarit = "actions/edition/anomalie.html"
    titre = "Répondre à une anomalie"
    bouton = "Enregistrer la réponse"
    formulaire = formulaires.ReponseAnomalieForm

    def preparer(self) -> None:
        """Fetch the anomaly."""
        self.anomalie = anomalie_suivie(self.request, self.kwargs["pk"])
        self.fiche = self.anomalie.fiche
        self.onglet = f"Fiche {self.fiche.numero}"

    def initial(self) -> dict[str, Any]:
        """Return the answer, if there is one."""
        return {"etat": self.anomalie.etat, "reponse": self.anomalie.reponse}

    def contexte(self) -> dict[str, Any]:
        """Show the anomaly."""
        return super().contexte() | {"anomalie": self.anomalie}

    def enregistrer(self) -> str:
        """Answer."""
        operations_anomalies.repondre_anomalie(anomalie=self.anomalie, par=self.request.user, **self.form.cleaned_data)
        self.dire("La réponse est enregistrée, à côté de l’anomalie.")
        return self.retour()


@login_required
@require_POST
def anomalie_reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an answered anomaly back among those to deal with."""
    anomalie = operations_anomalies.reprendre_anomalie(anomalie=anomalie_suivie(request, pk), par=request.user)
    messages.success(request, "L’anomalie est de nouveau à traiter.")
    return HttpResponseRedirect(reverse("actions:anomalie_repondre", args=[anomalie.pk]))
