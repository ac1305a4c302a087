"""The API of the published catalogue, its documents, its files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from offre.api import ressources
from offre.api.garde import a_deja, erreur, etag, ouvert
from offre.api.openapi import document
from offre.api.parametres import LIMITE_MAX, lire
from offre.api.ressources import RESSOURCES, Ressource
from offre.api.schemas import Erreur
from offre.echanges import donnees_ouvertes
from offre.echanges.export import ecrire_xlsx, empreinte_catalogue, morceaux_json
from offre.models import OffreInsertion
from pdi.socle.tri import Colonne

JSON = "application/json; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAQUET = 200


def _liste(request: HttpRequest, r: Ressource) -> HttpResponse:
    """Answer a page of a resource, by key: the next one begins after the last identifier of this one."""
    demande = lire(request.GET.dict(), r.parametres)
    trouvees = r.filtrees(demande.valeurs)
    suite = list(trouvees.filter(pk__gt=demande.apres).order_by("pk")[: demande.limite + 1])
    page = suite[: demande.limite]
    suivant = None
    if len(suite) > len(page):
        parametres = request.GET.copy()
        parametres["apres"] = str(page[-1].pk)
        suivant = request.build_absolute_uri(f"{request.path}?{parametres.urlencode()}")
    corps = r.page(total=trouvees.count(), suivant=suivant, resultats=[r.rendre(une) for une in page])
    reponse = HttpResponse(corps.model_dump_json(), content_type=JSON)
    if suivant:
        reponse["Link"] = f'<{suivant}>; rel="next"'
    return reponse


@ouvert
def offres(request: HttpRequest) -> HttpResponseBase:
    """List the published offers."""
    return _liste(request, ressources.OFFRES)


@ouvert
def offre(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer one published offer."""
    trouvee = ressources.OFFRES.lire().filter(pk=pk).first()
    if trouvee is None:
        return erreur(404, Erreur(code="inconnue", message="Aucune offre publiée n’a cet identifiant."))
    return HttpResponse(ressources.offre(trouvee).model_dump_json(), content_type=JSON)


@ouvert
def structures(request: HttpRequest) -> HttpResponseBase:
    """List the structures that run a published offer."""
    return _liste(request, ressources.STRUCTURES)


@ouvert
def sessions(request: HttpRequest) -> HttpResponseBase:
    """List the sessions to come and going on, with the places left."""
    return _liste(request, ressources.SESSIONS)


@ouvert
def inconnue(request: HttpRequest, reste: str) -> HttpResponseBase:
    """Say, as the API says its errors, that nothing is at an address, and what is."""
    servies = [r.nom for r in RESSOURCES]
    proche = next(iter(get_close_matches(reste.strip("/").lower(), servies, 1, 0.6)), None)
    message = "Rien n’est à cette adresse dans l’API."
    if proche:
        message += f" Vouliez-vous dire « {proche} », sans barre à la fin ?"
    return erreur(404, Erreur(code="adresse_inconnue", message=message, attendu=", ".join(servies), proche=proche))


@ouvert
def openapi(request: HttpRequest) -> HttpResponseBase:
    """Answer the OpenAPI 3.1 document."""
    base = request.build_absolute_uri(reverse("api:documentation")).rstrip("/")
    return JsonResponse(document(base), json_dumps_params={"ensure_ascii": False, "indent": 1})


@ouvert
def table_schema(request: HttpRequest) -> HttpResponseBase:
    """Answer the Table Schema of the open-data file."""
    return JsonResponse(donnees_ouvertes.table_schema(), json_dumps_params={"ensure_ascii": False, "indent": 1})


# -- whole files -------------------------------------------------------------------------------------------


def _paquets(morceaux: Iterator[str]) -> Iterator[bytes]:
    tampon: list[str] = []
    for morceau in morceaux:
        tampon.append(morceau)
        if len(tampon) >= PAQUET:
            yield "".join(tampon).encode()
            tampon.clear()
    yield "".join(tampon).encode()


def _fichier(request: HttpRequest, nom: str, type_: str, morceaux: Any) -> HttpResponseBase:
    """Stream a whole file, unless the reader has this very catalogue already."""
    marque = etag(empreinte_catalogue())
    deja = a_deja(request, marque)
    if deja is not None:
        return deja
    reponse = StreamingHttpResponse(_paquets(morceaux()), content_type=type_)
    reponse["ETag"] = marque
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse


@ouvert
def donnees_csv(request: HttpRequest) -> HttpResponseBase:
    """Stream the open-data file."""
    return _fichier(request, "offre-insertion.csv", "text/csv; charset=utf-8", donnees_ouvertes.lignes)


@ouvert
def data_inclusion_json(request: HttpRequest) -> HttpResponseBase:
    """Stream the catalogue as data·inclusion v1."""
    return _fichier(request, "data-inclusion.json", JSON, morceaux_json)


@ouvert
def data_inclusion_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Answer the catalogue as a data·inclusion v1 workbook."""
    marque = etag(empreinte_catalogue())
    deja = a_deja(request, marque)
    if deja is not None:
        return deja
    fichier = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
    try:
        ecrire_xlsx(fichier)
    except BaseException:
        fichier.close()
        raise
    fichier.seek(0)
    reponse = FileResponse(fichier, as_attachment=True, filename="data-inclusion.xlsx", content_type=XLSX)
    reponse["ETag"] = marque
    return reponse


# -- pages -------------------------------------------------------------------------------------------------


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show how the API is read: routes, parameters, limits, an example of each answer."""
    exemple = ressources.OFFRES.lire().first()
    contexte = {
        "ressources": RESSOURCES, "base": request.build_absolute_uri(reverse("api:documentation")).rstrip("/"),
        "colonnes": (Colonne("Paramètre"), Colonne("Valeur"), Colonne("Ce qu’il fait")),
        "colonnes_reponse": (Colonne("Champ"), Colonne("Ce qu’il dit")),
        "debit_public": settings.API_DEBIT_PUBLIC, "debit_jeton": settings.API_DEBIT_JETON, "limite": LIMITE_MAX,
        "publique": settings.API_PUBLIQUE,
        "exemple": json.dumps(ressources.offre(exemple).model_dump(mode="json"), ensure_ascii=False, indent=2)
        if exemple else "",
    }  # fmt: skip
    return render(request, "offre/api/documentation.html", contexte)


@require_safe
def donnees_ouvertes_page(request: HttpRequest) -> HttpResponse:
    """Describe the open-data files: what they hold, their columns, their licence."""
    publiees = OffreInsertion.objects.publiees()
    contexte = {
        "colonnes_fichier": donnees_ouvertes.COLONNES, "total": publiees.count(),
        "colonnes": (Colonne("Colonne"), Colonne("Type"), Colonne("Ce qu’elle dit"), Colonne("Exemple")),
        "maj": publiees.order_by("-modifiee_le").values_list("modifiee_le", flat=True).first(),
        "jour": timezone.localdate(), "demonstration": publiees.filter(demonstration=True).exists(),
    }  # fmt: skip
    return render(request, "offre/api/donnees_ouvertes.html", contexte)
