"""Decisions: the list across bodies, its export, the page of one, its progress."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gouvernance.droits_decisions import acteurs_de_decision, peut_suivre_decision
from gouvernance.droits_pieces import pieces_de_decisions
from gouvernance.forms.seances import SuiteForm
from gouvernance.listes_decisions import COLONNES_EXPORT, ListeDecisions
from gouvernance.models import Decision, EtatDecision
from gouvernance.operations.decisions import suivre_decision
from gouvernance.querysets import OUVERTES
from gouvernance.regles.seances import AUTOMATE_DECISION, SECRETARIAT, TONS_DECISION
from pdi.socle.composants import Evenement, Lien
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, mener
from pdi.socle.tri import Colonne

from .instances import ecrire
from .tenue_seances import chemin_seance

COLONNES = (
    Colonne("Décision"), Colonne("Instance, séance", "seance"), Colonne("Qui la porte"), Colonne("Pour le", "echeance"),
    Colonne("État", "etat"),
)  # fmt: skip
VERBES = {
    "commencer": ("commencer_decision", "Commencer la décision", "Commencer"),
    "tenir": ("tenir_decision", "Dire la décision faite", "Dire faite"),
    "reporter": ("reporter_decision", "Reporter la décision", "Reporter"),
    "abandonner": ("abandonner_decision", "Abandonner la décision", "Abandonner"),
    "reprendre": ("reprendre_decision", "Reprendre la décision", "Reprendre"),
}


@login_required
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """List the decisions the reader may see."""
    liste = ListeDecisions(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
    }  # fmt: skip
    return render(request, "gouvernance/decisions/decisions.html", contexte)


@login_required
@require_safe
def decisions_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeDecisions(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="decisions", titre="Décisions des séances", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _evenements(lue: Decision) -> list[Evenement]:
    return [
        Evenement(
            t.jour, EtatDecision(t.vers).label, ". ".join(m for m in (str(t.par or ""), t.commentaire) if m),
            TONS_DECISION[EtatDecision(t.vers)][1], TONS_DECISION[EtatDecision(t.vers)][0], "gouvernance",
        )
        for t in lue.transitions.select_related("par")
    ]  # fmt: skip


@login_required
@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a decision: what, who, for when, where it stands and why."""
    visibles = Decision.objects.visibles_par(request.user)
    lue = get_object_or_404(
        visibles.select_related("seance__instance__territoire", "point", "responsable", "structure"), pk=pk
    )
    acteurs = acteurs_de_decision(request.user, lue)
    faisables = {t.verbe for t in AUTOMATE_DECISION.depuis(lue.etat) if acteurs & set(t.qui)}
    ton, icone = TONS_DECISION[EtatDecision(lue.etat)]
    ouverte = lue.etat in OUVERTES
    contexte = {
        "decision": lue, "seance": lue.seance, "instance": lue.seance.instance, "ton": ton, "icone": icone,
        "gestes": [(code, v[2]) for code, v in VERBES.items() if v[0] in faisables], "evenements": _evenements(lue),
        "pieces": pieces_de_decisions(request.user).filter(decision=lue), "joindre": bool(acteurs),
        "tenue": SECRETARIAT in acteurs, "ouverte": ouverte,
        "en_retard": ouverte and lue.echeance is not None and lue.echeance < timezone.localdate(),
    }  # fmt: skip
    return render(request, "gouvernance/decisions/decision.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def decision_suivre(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Say where a decision stands."""
    if geste not in VERBES:
        raise Http404("Ce geste n’existe pas.")
    verbe, titre, bouton = VERBES[geste]
    visibles = Decision.objects.visibles_par(request.user).select_related("seance__instance__territoire")
    lue = get_object_or_404(visibles, pk=pk)
    exiger(peut_suivre_decision(request.user, lue))
    form = SuiteForm(envoi(request), verbe=verbe)
    reponse = mener(
        request, form, lambda: suivre_decision(decision=lue, verbe=verbe, par=request.user, **form.cleaned_data),
        dit="L’avancement de la décision est enregistré.", vers=lue,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=f"{titre} {lue}", bouton=bouton, cote="Décision", texte=f"« {lue.texte} »",
        chemin=[*chemin_seance(lue.seance), Lien(f"Décision {lue}", lue.get_absolute_url())],
    )  # fmt: skip
