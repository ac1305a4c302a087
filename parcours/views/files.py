"""Work queues: all of mine, one queue, its export, and one person after another."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from parcours.droits import peut_exporter_personnes, peut_lister_personnes
from parcours.droits.doublons import peut_rapprocher
from parcours.files.catalogue import PAR_CODE
from parcours.files.comptes import compter
from parcours.files.controles import MomentControle, nombre_a_corriger, peut_controler
from parcours.files.horloges import Cadre
from parcours.files.lecture import FileLue
from parcours.files.perimetre import files_de, peut_ouvrir_file
from parcours.files.suite import vers
from parcours.gestes_lot import gestes_de
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne


def _lue(request: HttpRequest, code: str, taille: int = 25) -> FileLue:
    """Return the queue, or raise 404 when there is none of that name, 403 when it is not the user's to work."""
    file = PAR_CODE.get(code)
    if file is None:
        raise Http404("Cette file n’existe pas.")
    exiger(peut_ouvrir_file(request.user, file))
    return FileLue(file, request.user, request.GET, Cadre.du(timezone.localdate()), taille)


CHOISIR = Colonne("Choisir", masquee=True)


@login_required
@never_cache
@require_GET
def files(request: HttpRequest) -> HttpResponse:
    """Show every queue of the user with its count, the late ones first."""
    exiger(peut_lister_personnes(request.user))
    jour = timezone.localdate()
    comptes = compter(request.user, jour)
    controle = peut_controler(request.user)
    ouvertes = [(file, comptes[file.code]) for file in files_de(request.user)]
    contexte = {
        "avec": sorted((f for f in ouvertes if f[1].total), key=lambda f: -f[1].en_retard),
        "sans": [file for file, compte in ouvertes if not compte.total],
        "doublons": bool(peut_rapprocher(request.user)),
        "controles": nombre_a_corriger(MomentControle.du(jour), request.user) if controle else 0,
        "retards": sum(c.en_retard for c in comptes.values()), "total": sum(c.total for c in comptes.values()),
    }  # fmt: skip
    return render(request, "parcours/files/files.html", contexte)


@login_required
@never_cache
@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Show one queue, the most urgent first."""
    lue = _lue(request, code)
    colonnes = (
        Colonne("Personne, naissance", "nom"), Colonne("Commune"), Colonne("Échéance", "echeance"), Colonne("Retard"),
        Colonne("Ce qui bloque"), Colonne("Gestes", masquee=True),
    )  # fmt: skip
    gestes = [(code, nom) for code, nom in gestes_de(request.user) if code in lue.file.gestes]
    contexte = {
        "lue": lue, "file": lue.file, "filtres": lue.filtres, "tri": lue.tri, "page": lue.page,
        "colonnes": (CHOISIR, *colonnes) if gestes else colonnes, "gestes": gestes,
        "peut_exporter": peut_exporter_personnes(request.user),
    }  # fmt: skip
    return render(request, "parcours/files/file.html", contexte)


@login_required
@require_GET
def file_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Export the rows of the filter."""
    exiger(peut_exporter_personnes(request.user))
    lue = _lue(request, code)
    return reponse_export(
        request, nom=f"file-{code.replace('_', '-')}", titre=lue.file.titre, colonnes=lue.colonnes_export(),
        lignes=lue.decorees, filtres=lue.filtres.en_mots,
    )  # fmt: skip


@login_required
@never_cache
@require_GET
def file_traiter(request: HttpRequest, code: str) -> HttpResponse:
    """Show the rows one after the other: who, why, the gesture, then the next one."""
    lue = _lue(request, code, taille=1)
    contexte = {
        "lue": lue, "file": lue.file, "page": lue.page, "ligne": next(iter(lue.rangees), None), "suite": vers(lue),
    }  # fmt: skip
    return render(request, "parcours/files/traiter.html", contexte)
