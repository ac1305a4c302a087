"""Lists of what to correct: counts, completeness by structure and référent, the people of one list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from parcours.anomalies_oarsa import Anomalie
from parcours.files import controles as lecture
from parcours.listes import COLONNES_EXPORT, ListePersonnes
from parcours.querysets import PersonneQuerySet
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

COLONNES = (Colonne("Liste de contrôle"), Colonne("Personnes", nb=True), Colonne("Comment corriger"))
COLONNES_PERSONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Commune"), Colonne("Orientation"), Colonne("Référent"),
    Colonne("Geste", masquee=True),
)  # fmt: skip


class ListeControle(ListePersonnes):
    """The people of one list, with the filters of people."""

    controle: Anomalie

    @property
    def base(self) -> PersonneQuerySet:
        """Return those of the list, within the scope of the user."""
        return lecture.personnes(self.controle, lecture.MomentControle.du(self.jour), self.utilisateur)


def _liste(request: HttpRequest, code: str) -> ListeControle:
    exiger(lecture.peut_controler(request.user))
    liste = ListeControle(request.user, request.GET, timezone.localdate())
    if code not in lecture.PAR_CODE:
        raise Http404("Cette liste de contrôle n’existe pas.")
    liste.controle = lecture.PAR_CODE[code]
    return liste


@login_required
@never_cache
@require_GET
def controles(request: HttpRequest) -> HttpResponse:
    """Show every list with its count, then the completeness by structure or by référent."""
    exiger(lecture.peut_controler(request.user))
    moment = lecture.MomentControle.du(timezone.localdate())
    axe = "referent" if request.GET.get("par") == "referent" else "structure"
    groupes = lecture.completude(axe, moment, request.user)
    total = sum(g.personnes for g in groupes)
    contexte = {
        "moment": moment, "listes": lecture.compter(moment, request.user), "colonnes": COLONNES, "axe": axe,
        "groupes": groupes, "total": total, "completes": sum(g.completes for g in groupes),
        "colonnes_groupes": (
            Colonne(lecture.AXES[axe][0]), Colonne("Personnes", nb=True),
            Colonne("Dossiers sans rien à corriger", nb=True),
        ),
    }  # fmt: skip
    return render(request, "parcours/files/controles.html", contexte)


@login_required
@never_cache
@require_GET
def controle(request: HttpRequest, code: str) -> HttpResponse:
    """Show the people of one list."""
    liste = _liste(request, code)
    contexte = {
        "controle": liste.controle, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page,
        "colonnes": COLONNES_PERSONNES,
    }  # fmt: skip
    return render(request, "parcours/files/controle.html", contexte)


@login_required
@require_GET
def controle_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Export the people of one list."""
    liste = _liste(request, code)
    return reponse_export(
        request, nom=f"controle-{code.replace('_', '-')}", titre="Liste de contrôle", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=[liste.controle.libelle, *liste.filtres.en_mots],
    )  # fmt: skip
