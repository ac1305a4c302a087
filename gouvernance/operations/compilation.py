"""The compilation of the annual report: launched as a job, executed step by step, written at once at its end."""

from __future__ import annotations

import logging
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from actions.models import FicheAction, Programme
from gouvernance.classeur import composer_classeur
from gouvernance.contenu import SCHEMA_VERSION, empreinte, mettre_a_niveau, rassembler
from gouvernance.document import FEUILLES, Edition, composer_document
from gouvernance.droits import peut_compiler
from gouvernance.models import EtatVersion, RapportAnnuel, VersionRapport
from gouvernance.regles import rapport as regles
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser, prevenir
from pdi.socle.traitements import Suivi, lancer

logger = logging.getLogger(__name__)

TACHE = "gouvernance.compiler_rapport"
PAGES_PAR_FICHE, PAGES_COMMUNES = 3, 12  # only to share the progress of the layout before the first version
ETAPES_FIXES = 5


def compiler_rapport(*, programme: Programme, annee: int, par: Any) -> tuple[Traitement, bool]:
    """Launch the compilation, or join the one in progress. Return the job and whether it was created.

    Raises DroitInsuffisant, and RegleMetier when the year is outside the programme or already published.
    Source: CASF L263-1 (annual execution report).
    """
    exiger(peut_compiler(par, programme))
    _verifier(programme, annee)
    return lancer(
        nature=regles.NATURE,
        cle=regles.cle_compilation(programme.code, annee),
        intitule=f"Rapport {annee} – {programme.intitule_court}",
        par=par,
        tache=TACHE,
        parametres={"programme_id": programme.pk, "annee": annee},
        url_retour=reverse("gouvernance:rapport", args=[programme.code, annee]),
    )


def _verifier(programme: Programme, annee: int) -> None:
    if annee not in programme.annees:
        raise RegleMetier(f"Le programme couvre {programme.periode_texte} : il n’a pas d’exercice {annee}.")
    publiees = VersionRapport.objects.filter(
        rapport__programme=programme, rapport__annee=annee, etat=EtatVersion.PUBLIEE
    )
    if publiees.exists():
        raise RegleMetier(f"Le rapport {annee} est publié : il ne se compile plus.")


def executer_compilation(*, programme_id: int, annee: int, suivi: Suivi) -> VersionRapport:
    """Gather, freeze, compose, print and write one new version. Called by the worker.

    Nothing is written before the last step: the version, its files and the end of the job come together, in one
    transaction. Files left by a worker that was killed are removed by the next compilation.
    """
    from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy: workers only

    programme = Programme.objects.select_related("departement", "gabarit").get(pk=programme_id)
    _verifier(programme, annee)
    fiches = FicheAction.objects.filter(programme=programme, restreinte=False).count()
    suivi.demarrer(ETAPES_FIXES + 2 * fiches)
    suivi.avancer("Rassembler les fiches, les indicateurs et les bilans")
    contenu = rassembler(programme, annee)
    suivi.avancer("Geler le contenu")
    precedente = VersionRapport.objects.filter(rapport__programme=programme, rapport__annee=annee).first()
    edition = Edition(
        numero=_prochain_numero(programme, annee), compilee_le=timezone.now(), empreinte=empreinte(contenu)
    )
    ancien = mettre_a_niveau(precedente.contenu, precedente.schema_version) if precedente else None
    resume = regles.resumer(ancien, contenu)
    html = composer_document(contenu, edition, suivi.avancer)
    suivi.avancer("Mettre en page")
    pages_prevues = precedente.pages if precedente else PAGES_PAR_FICHE * fiches + PAGES_COMMUNES
    pages = _Pages(suivi, fiches, pages_prevues)
    imprime = imprimer(
        html,
        feuilles=FEUILLES,
        date=edition.compilee_le,
        identifiant=edition.empreinte,
        avancer_page=pages.page,
    )
    suivi.avancer("Composer le classeur", n=1 + pages.reste)
    classeur = composer_classeur(contenu, edition)
    suivi.avancer("Enregistrer la version")
    version = VersionRapport(
        numero=edition.numero,
        schema_version=SCHEMA_VERSION,
        contenu=contenu,
        empreinte=edition.empreinte,
        resume=resume,
        pages=imprime.pages,
        compilee_le=edition.compilee_le,
        compilee_par=suivi.traitement.demandeur,
        traitement=suivi.traitement,
    )
    _enregistrer(version, programme, annee, imprime.octets, classeur, suivi)
    return version


class _Pages:
    """Share the layout's progress, page by page, over as many steps as there are fiches."""

    def __init__(self, suivi: Suivi, parts: int, attendues: int) -> None:
        self._suivi, self._parts, self._attendues = suivi, parts, max(attendues, 1)
        self._faites = self._derniere = 0
        self._passe = 1

    @property
    def reste(self) -> int:
        """Return the steps left when the document is shorter than expected."""
        return self._parts - self._faites

    def page(self, numero: int) -> None:
        if numero <= self._derniere:
            self._passe += 1
        self._derniere = numero
        atteintes = min(self._parts, self._parts * numero // self._attendues)
        gain = max(0, atteintes - self._faites)
        self._faites += gain
        passe = "" if self._passe == 1 else " (numéros de page du sommaire)"
        self._suivi.avancer(f"Mettre en page : page {numero}{passe}", n=gain)


def _prochain_numero(programme: Programme, annee: int) -> int:
    versions = VersionRapport.objects.filter(rapport__programme=programme, rapport__annee=annee)
    return (versions.aggregate(dernier=Max("numero"))["dernier"] or 0) + 1


def _enregistrer(
    version: VersionRapport, programme: Programme, annee: int, pdf: bytes, classeur: bytes, suivi: Suivi
) -> None:
    dossier = f"rapports/{programme.code}/{annee}"
    stockage = VersionRapport._meta.get_field("pdf").storage
    nettoyer_orphelins(dossier)
    # The identifier of the attempt keeps two workers from ever writing the same name.
    base = f"{dossier}/rapport-{programme.code}-{annee}-v{version.numero}-{suivi.id.hex[:12]}"
    ecrits: list[str] = []
    try:
        for extension, octets in (("pdf", pdf), ("xlsx", classeur)):
            ecrits.append(stockage.save(f"{base}.{extension}", ContentFile(octets)))
        version.pdf.name, version.xlsx.name = ecrits
        with transaction.atomic():
            rapport, _ = RapportAnnuel.objects.select_for_update().get_or_create(programme=programme, annee=annee)
            _verifier(programme, annee)
            version.rapport = rapport
            version.save(force_insert=True)
            journaliser(
                par=version.compilee_par,
                verbe="compiler_rapport",
                objet=version,
                apres={"version": version.numero, "empreinte": version.empreinte, "pages": version.pages},
            )
            if version.compilee_par is not None:
                prevenir(
                    destinataires=[version.compilee_par],
                    titre=f"Rapport {annee} : la version {version.numero} est prête",
                    texte=" ; ".join(version.resume),
                    url=rapport.get_absolute_url(),
                )
            suivi.terminer({"version": version.pk, "numero": version.numero, "pages": version.pages})
    except BaseException:
        for nom in ecrits:
            stockage.delete(nom)
        raise


def nettoyer_orphelins(dossier: str) -> int:
    """Delete the files of `dossier` that no version names (their worker was killed). Return how many."""
    stockage = VersionRapport._meta.get_field("pdf").storage
    try:
        _, presents = stockage.listdir(dossier)
    except FileNotFoundError:
        return 0
    connus = {
        nom
        for paire in VersionRapport.objects.filter(pdf__startswith=f"{dossier}/").values_list("pdf", "xlsx")
        for nom in paire
    }
    orphelins = [f"{dossier}/{nom}" for nom in presents if f"{dossier}/{nom}" not in connus]
    for nom in orphelins:
        stockage.delete(nom)
    if orphelins:
        logger.info("Fichiers de rapport sans version supprimés : %d", len(orphelins))
    return len(orphelins)
