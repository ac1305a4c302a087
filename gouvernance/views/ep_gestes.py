"""Gestures on an EP file: one page each, a short form, one operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gouvernance.droits_ep import acteurs_du_dossier, verdict_ep
from gouvernance.forms import ep as formulaires
from gouvernance.lecture_dossier_ep import avant_de_decider
from gouvernance.models import DossierEP, GenreLettre, LettreEP
from gouvernance.operations import ep, ep_decision, ep_lettres, ep_procedure
from gouvernance.regles.ep import DECIDEUR, DEMANDEUR, SECRETARIAT
from parcours.operations.consultations import consigner
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.formats import date_longue
from pdi.socle.formulaires import ECRITURE, envoi, signaler

from .ep import chemin_ep, dossier_lu
from .instances import ecrire


@dataclass(frozen=True)
class Ecran:
    """A gesture: its verb in the machine (empty: it does not move the file), its form, its operation, its words."""

    verbe: str
    form: type[formulaires.FormulaireDossier]
    operation: Callable[..., Any]
    titre: str
    bouton: str
    texte: str
    dit: str
    acteurs: tuple[str, ...] = (SECRETARIAT,)
    grave: bool = False


ECRANS = {
    "soumettre": Ecran(
        "soumettre_dossier_ep", formulaires.ConfirmationForm, ep.soumettre_dossier_ep, "Soumettre le dossier ?",
        "Soumettre à l’équipe", "Le secrétariat de l’équipe est prévenu. Vous ne le modifierez plus, sauf s’il vous le "
        "renvoie.", "Le dossier est soumis à l’équipe.",
    ),
    "renvoyer": Ecran(
        "renvoyer_dossier_ep", formulaires.CommentaireForm, ep.renvoyer_dossier_ep, "Renvoyer pour correction",
        "Renvoyer", "Qui a ouvert le dossier lira ce que vous écrivez.", "Le dossier est renvoyé.",
    ),
    "retirer": Ecran(
        "retirer_dossier_ep", formulaires.CommentaireForm, ep.retirer_dossier_ep, "Retirer le dossier",
        "Retirer le dossier", "Il ne sera pas examiné. Ce qui a été écrit reste lisible.", "Le dossier est retiré.",
        grave=True,
    ),
    "classer": Ecran(
        "classer_dossier_ep", formulaires.CommentaireForm, ep.classer_dossier_ep, "Classer sans suite",
        "Classer sans suite", "Aucune décision ne sera prise sur ces faits.", "Le dossier est classé sans suite.",
        grave=True,
    ),
    "intention": Ecran(
        "notifier_intention", formulaires.JourForm, ep_procedure.notifier_intention, "Noter l’intention notifiée",
        "Faire courir le délai", "Écrivez d’abord la lettre, depuis la page du dossier. Quand l’accusé de réception "
        "revient, notez ici le jour où la personne l’a reçue : son délai pour répondre en est calculé.",
        "Le délai de réponse court.",
    ),
    "corriger_intention": Ecran(
        "", formulaires.CorrectionForm, ep_procedure.corriger_intention, "Corriger la date de l’intention",
        "Corriger la date", "Le délai de réponse est recalculé, et les observations reçues sont relues à cette date.",
        "La date est corrigée.",
    ),
    "observations": Ecran(
        "", formulaires.ObservationForm, ep_procedure.recevoir_observations, "Ajouter des observations",
        "Enregistrer les observations", "Reçues hors délai, elles sont gardées, signalées comme telles et lues par "
        "l’équipe.", "Les observations sont enregistrées.", acteurs=(SECRETARIAT, DEMANDEUR),
    ),
    "audition": Ecran(
        "", formulaires.AuditionForm, ep_procedure.noter_audition, "Noter l’audition", "Enregistrer l’audition",
        "Une personne qui demande à être entendue doit l’être, ou avoir été invitée, avant toute décision.",
        "L’audition est notée.", acteurs=(SECRETARIAT, DEMANDEUR),
    ),
    "desinscrire": Ecran(
        "", formulaires.ConfirmationForm, ep.desinscrire_dossier_ep, "Retirer de l’ordre du jour ?",
        "Retirer de l’ordre du jour", "Le dossier attendra une autre séance ; les membres ne le liront plus.",
        "Le dossier n’est plus à l’ordre du jour.",
    ),
    "decider": Ecran(
        "decider_dossier_ep", formulaires.DecisionEPForm, ep_decision.decider_dossier_ep, "Décider",
        "Enregistrer la décision", "La décision du président du conseil départemental est distincte de l’avis de "
        "l’équipe. Elle se motive.", "La décision est enregistrée : il reste à la notifier.",
    ),
    "notifier": Ecran(
        "notifier_decision_ep", formulaires.JourForm, ep_decision.notifier_decision_ep, "Noter la notification",
        "Enregistrer la notification", "Le délai de recours en est calculé. Reçue après la prise d’effet prévue, la "
        "sanction s’applique à partir du 1er du mois suivant : elle n’est pas opposable avant.",
        "La notification est enregistrée.",
    ),
    "corriger_notification": Ecran(
        "", formulaires.CorrectionForm, ep_decision.corriger_notification, "Corriger la date de notification",
        "Corriger la date", "La prise d’effet, le délai de recours et les recours reçus sont relus à cette date. Les "
        "lettres déjà écrites ne changent pas.", "La date est corrigée.", acteurs=(SECRETARIAT, DECIDEUR),
    ),
    "lever": Ecran(
        "", formulaires.LeveeForm, ep_decision.lever_sanction, "Lever la sanction", "Lever la sanction",
        "La personne tient de nouveau ses engagements : la sanction cesse ce jour-là.", "La sanction est levée.",
        acteurs=(DECIDEUR,),
    ),
    "recours": Ecran(
        "recevoir_recours_ep", formulaires.RecoursForm, ep_decision.recevoir_recours_ep, "Enregistrer un recours",
        "Enregistrer le recours", "Un recours hors délai est gardé et signalé comme tel.", "Le recours est enregistré.",
    ),
    "issue": Ecran(
        "trancher_recours_ep", formulaires.IssueForm, ep_decision.trancher_recours_ep, "Enregistrer l’issue du recours",
        "Enregistrer l’issue", "Une annulation lève la sanction qui court.", "L’issue du recours est enregistrée.",
    ),
    "clore": Ecran(
        "clore_dossier_ep", formulaires.ConfirmationForm, ep_decision.clore_dossier_ep, "Clore le dossier ?",
        "Clore le dossier", "Il reste lisible, rien n’y changera plus.", "Le dossier est clos.",
    ),
}  # fmt: skip


def _exiger(request: HttpRequest, dossier: DossierEP, ecran: Ecran) -> None:
    acteurs = acteurs_du_dossier(request.user, dossier)
    if ecran.verbe:
        exiger(verdict_ep(dossier, ecran.verbe, acteurs))
    elif not acteurs & set(ecran.acteurs):
        exiger(non("Ce geste revient au secrétariat de l’équipe, à qui suit la personne ou à qui décide."))


def _texte(dossier: DossierEP, geste: str, ecran: Ecran) -> str:
    """Return what the page says; before a decision, the opinion and what was answered; to correct, the day noted."""
    notee = {
        "corriger_intention": dossier.intention_le,
        "corriger_notification": getattr(getattr(dossier, "decision", None), "notifiee_le", None),
    }.get(geste)
    if notee is not None:
        return f"Date notée : {date_longue(notee)}. {ecran.texte}"
    return f"{ecran.texte} {avant_de_decider(dossier)}".strip() if geste == "decider" else ecran.texte


@login_required
@never_cache
@require_http_methods(ECRITURE)
def ep_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Do one gesture on a file, after its form."""
    ecran = ECRANS.get(geste)
    if ecran is None:
        raise Http404("Ce geste n’existe pas.")
    lu = dossier_lu(request, pk)
    _exiger(request, lu, ecran)
    form = ecran.form(envoi(request), dossier=lu)
    if request.method == "POST" and form.is_valid():
        try:
            ecran.operation(dossier=lu, par=request.user, **getattr(form, "valeurs", form.cleaned_data))
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, ecran.dit)
            return redirect(lu)
    return ecrire(
        request, form, titre=ecran.titre, bouton=ecran.bouton, chemin=chemin_ep(lu), texte=_texte(lu, geste, ecran),
        cote="Dossier EP", grave=ecran.grave, note=f"{lu.personne}, {lu}",
    )  # fmt: skip


@login_required
@require_POST
def ep_lettre_ecrire(request: HttpRequest, pk: int, genre: str) -> HttpResponse:
    """Write a letter of the procedure and keep it."""
    lu = dossier_lu(request, pk)
    if genre not in GenreLettre.values:
        raise Http404("Cette lettre n’existe pas.")
    try:
        ep_lettres.ecrire_lettre_ep(dossier=lu, genre=genre, par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, "La lettre est écrite : ouvrez-la pour l’imprimer.")
    return redirect(f"{lu.get_absolute_url()}#lettres")


@login_required
@never_cache
@require_safe
def ep_lettre(request: HttpRequest, pk: int) -> HttpResponse:
    """Print a letter already written, from its frozen words."""
    lettre = LettreEP.objects.filter(pk=pk).first()
    if lettre is None:
        raise Http404("Cette lettre n’existe pas.")
    lu = dossier_lu(request, lettre.dossier_id)
    if not acteurs_du_dossier(request.user, lu) & {SECRETARIAT, DECIDEUR}:
        exiger(non("Les lettres de la procédure se lisent par le secrétariat de l’équipe et par qui décide."))
    consigner(personne=lu.personne, par=request.user, ecran="Lettre d’équipe pluridisciplinaire")
    reponse = HttpResponse(ep_lettres.imprimer_lettre(lettre), content_type="application/pdf")
    reponse["Content-Disposition"] = f'inline; filename="lettre-ep-{lettre.pk}.pdf"'
    return reponse
