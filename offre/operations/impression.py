"""The printing of the catalogue, or of a filter of it: launched as a job, composed offer by offer."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from actions.models import FicheAction
from offre.documents.catalogue import FEUILLES, Couverture, composer, composer_classeur
from offre.listes_offres import ListeOffres
from offre.models import CapaciteOffre, Session
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import compte, nombre
from pdi.socle.models import Traitement
from pdi.socle.operations import prevenir
from pdi.socle.traitements import Suivi, lancer

TACHE = "offre.editer_catalogue"
FORMES = {"pdf": "PDF", "xlsx": "XLSX"}
OFFRES_MAX = {"pdf": 500, "xlsx": 20_000}


def editer_catalogue(*, requete: str, forme: str, par: Any) -> tuple[Traitement, bool]:
    """Launch the printing of the offers of `requete` (a query string of the catalogue), or join the one in progress.

    Raises RegleMetier for an unknown form, for no offer, and beyond what the form holds.
    """
    if forme not in FORMES:
        raise RegleMetier("Choisissez PDF ou XLSX.", champ="forme")
    liste = ListeOffres(par, QueryDict(requete), timezone.localdate())
    total = liste.trouvees.count()
    if not total:
        raise RegleMetier("Aucune offre ne répond à ces filtres : il n’y a rien à imprimer.")
    if total > OFFRES_MAX[forme]:
        raise RegleMetier(
            f"{nombre(total)} offres répondent à ces filtres ; ce document en tient {nombre(OFFRES_MAX[forme])}. "
            "Ajoutez un filtre."
        )
    resume = hashlib.sha256(requete.encode()).hexdigest()[:16]
    return lancer(
        nature="catalogue", cle=f"{par.pk}-{forme}-{resume}",
        intitule=f"Catalogue de l’offre en {FORMES[forme]} ({compte(total, 'offre')})", par=par, tache=TACHE,
        parametres={"requete": requete, "forme": forme}, url_retour=reverse("offre:offres"),
    )  # fmt: skip


def offres_a_imprimer(liste: ListeOffres) -> QuerySet[Any]:
    """Return the offers with all that is printed of them."""
    a_venir = Session.objects.ouvertes_au(liste.jour).select_related("lieu__commune").order_by("debut", "pk")
    return liste.a_exporter.prefetch_related(
        Prefetch("capacites", queryset=CapaciteOffre.objects.select_related("territoire")),
        Prefetch("fiches", queryset=FicheAction.objects.filter(restreinte=False).select_related("programme")),
        Prefetch("sessions", queryset=a_venir, to_attr="a_venir"),
    )


def executer_edition(*, requete: str, forme: str, suivi: Suivi) -> None:
    """Compose and keep the file. Called by the worker; what is read is what the requester may see at that moment."""
    par = suivi.traitement.demandeur
    maintenant = timezone.now()
    liste = ListeOffres(par, QueryDict(requete), timezone.localdate())
    liste.nommer()
    offres = list(offres_a_imprimer(liste))
    suivi.demarrer(len(offres) + 3 if forme == "pdf" else 4)
    suivi.avancer("Lire les offres")
    couverture = Couverture(
        timezone.localtime(maintenant), len(offres), liste.filtres.en_mots, any(o.demonstration for o in offres)
    )
    if forme == "xlsx":
        octets, resultat = composer_classeur(offres, couverture, suivi.avancer), {"offres": len(offres)}
    else:
        octets, resultat = _imprimer(offres, couverture, suivi)
    suivi.avancer("Garder le fichier")
    if par is not None:
        prevenir(
            destinataires=[par], titre="Votre catalogue est prêt", texte=compte(len(offres), "offre"),
            url=reverse("socle:traitement", args=[suivi.id]),
        )  # fmt: skip
    suivi.terminer(resultat, (f"catalogue-{timezone.localdate():%Y-%m-%d}.{forme}", octets))


def _imprimer(offres: list[Any], couverture: Couverture, suivi: Suivi) -> tuple[bytes, dict[str, int]]:
    from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy: workers only

    html = composer(offres, couverture, suivi.avancer)
    suivi.avancer("Mettre en page")
    imprime = imprimer(
        html, feuilles=FEUILLES, date=couverture.le, identifiant=suivi.id.hex,
        avancer_page=lambda page: suivi.avancer(f"Mettre en page : page {page}", n=0),
    )  # fmt: skip
    return imprime.octets, {"offres": len(offres), "pages": imprime.pages}
