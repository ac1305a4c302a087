"""Answering a questionnaire without an account, by a link or a QR code: nothing tells who answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gouvernance.forms.questionnaires import AvisForm
from gouvernance.operations.questionnaires import lire_jeton, refus_du_billet, repondre_questionnaire
from gouvernance.regles.questionnaires import refus_de_repondre
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import ECRITURE, signaler
from pdi.socle.limites import faire_attendre, trop_souvent
from pdi.socle.navigation import garder_secrete

# A whole room may share one address: more sendings than people in it, far fewer than a robot's.
OUVERTURES, ENVOIS, SECONDES = 300, 80, 600


def _dire(request: HttpRequest, titre: str, texte: str, statut: int, ton: str = "veille") -> HttpResponse:
    contexte = {"titre": titre, "texte": texte, "ton": ton}
    return garder_secrete(render(request, "gouvernance/avis/dire.html", contexte, status=statut))


MERCI = ("Merci, votre réponse est enregistrée", "Elle est anonyme. Vous pouvez fermer cette page.")


@sensitive_post_parameters()
@never_cache
@require_http_methods(ECRITURE)
def avis(request: HttpRequest, jeton: str) -> HttpResponse:
    """Show the questions of a link, and keep one anonymous answer by POST."""
    poste = request.method == "POST"
    if trop_souvent(request, f"gouvernance.avis.{poste}", maximum=ENVOIS if poste else OUVERTURES, secondes=SECONDES):
        return garder_secrete(faire_attendre(request, SECONDES, domaine="gouvernance"))
    lu, billet = lire_jeton(jeton)
    if lu is None:
        return _dire(request, "Ce lien n’ouvre aucun questionnaire", "Vérifiez que l’adresse est complète.", 404)
    if refus := refus_de_repondre(lu.etat, lu.dernier_jour, lu.maximum, lu.reponses.count(), timezone.localdate()):
        return _dire(request, "On ne répond plus à ce questionnaire", refus, 410)
    if not poste and (refus := refus_du_billet(lu, billet)):
        return _dire(request, "Ce code ne permet pas de répondre", refus, 410)
    form = AvisForm(request.POST if poste else None, questionnaire=lu)
    if poste and form.is_valid():
        try:
            if not form.piegee:
                cle = form.cleaned_data["cle"]
                repondre_questionnaire(questionnaire=lu, cle=cle, valeurs=form.reponses, billet=billet)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            return _dire(request, *MERCI, 200, "bon")
    contexte = {"questionnaire": lu, "form": form}
    return garder_secrete(
        render(request, "gouvernance/avis/repondre.html", contexte, status=422 if form.errors else 200)
    )
