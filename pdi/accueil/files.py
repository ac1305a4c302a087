"""« My queues »: what waits for a user today, the most urgent first, one counted query per queue."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.urls import reverse

from actions.models import Anomalie, Bilan, Etape, FicheAction, Indicateur, MesureIndicateur, Programme
from actions.querysets import ROLES_GESTION
from gouvernance.models import RapportAnnuel, VersionRapport
from pdi.comptes.models import Role
from pdi.socle.models import EtatTraitement, Traitement

from .file import ICONES, File, echeance
from .files_actes import files_actes
from .files_demandes import files_demandes
from .files_gouvernance import files_gouvernance
from .files_offre import files_offre
from .files_operateur import files_operateur
from .files_parcours import files_parcours

# What has a date comes before what waits without one.
URGENCES = {"retard": 0, "veille": 1, "neutre": 2, "info": 3, "bon": 4}
CITATIONS = 3


def _citer(numeros: list[str], total: int) -> str:
    debut = "Fiche" if total == 1 else "Fiches"
    suite = f" et {total - len(numeros)} autre{'s' if total - len(numeros) > 1 else ''}" if total > len(numeros) else ""
    return f"{debut} {', '.join(numeros)}{suite}."


def _bilans(etat: str, bilans: list[Bilan], jour: datetime.date) -> File | None:
    choisis = [b for b in bilans if b.etat == etat]
    if not choisis:
        return None
    limite = min(b.campagne.soumission_avant for b in choisis)
    ton, mention, ico = echeance(jour, limite)
    seul = len(choisis) == 1
    if etat == "a_corriger":
        intitule = "bilan renvoyé pour correction" if seul else "bilans renvoyés pour correction"
        detail = f"{_citer([choisis[0].fiche.numero], 1)[:-1]} : « {choisis[0].motif_renvoi} »" if seul else ""
        ton = "retard" if ton == "retard" else "veille"
    else:
        intitule = "bilan à rédiger" if seul else "bilans à rédiger"
        detail = ""
    detail = detail or _citer([b.fiche.numero for b in choisis[:CITATIONS]], len(choisis))
    url = reverse("actions:bilan_ecrire", args=[choisis[0].pk]) if seul else reverse("actions:bilans")
    verbe = "Reprendre" if etat == "a_corriger" else "Écrire"
    geste = f"{verbe} le bilan {choisis[0].fiche.numero}" if seul else f"Voir les {len(choisis)} {intitule}"
    return File(len(choisis), intitule, detail, url, ton, mention, ico, geste)


def files_pilote(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the queues of a pilote: bilans to correct, to write, late values, late steps."""
    bilans = list(
        Bilan.objects.a_ecrire_par(utilisateur)
        .select_related("fiche", "campagne")
        .only("etat", "motif_renvoi", "fiche__numero", "campagne__soumission_avant")
        .order_by("campagne__soumission_avant", "fiche__ordre")
    )
    files = [_bilans("a_corriger", bilans, jour), _bilans("a_renseigner", bilans, jour)]
    fiches = FicheAction.objects.pilotees_par(utilisateur).filter(programme__reference=False)
    annee = jour.year - 1
    structures = utilisateur.structures_du_role(Role.PILOTE)
    pilote = f"&pilote={min(structures)}" if len(structures) == 1 else ""
    mesure = MesureIndicateur.objects.courantes().filter(indicateur=OuterRef("pk"), annee=annee)
    sans_valeur = (
        Indicateur.objects.filter(fiche__in=fiches, actif=True, source="saisi")
        .filter(fiche__programme__annee_debut__lte=annee, fiche__programme__annee_fin__gte=annee)
        .filter(~Exists(mesure))
        .count()
    )
    if sans_valeur:
        mots = "valeur d’indicateur manque" if sans_valeur == 1 else "valeurs d’indicateurs manquent"
        files.append(
            File(
                sans_valeur,
                f"{mots} pour {annee}",
                "Le rapport écrira « non mesuré » pour chacune.",
                f"{reverse('actions:indicateurs')}?valeur=non&source=saisi&annee={annee}{pilote}",
                "veille",
                "À saisir",
                ICONES["saisir"],
            )
        )
    retard = Etape.objects.filter(fiche__in=fiches, echeance__lt=jour, etat__in=["a_venir", "en_cours"])
    bilan_etapes = retard.aggregate(nombre=Count("id"), ancienne=Min("echeance"))
    if bilan_etapes["nombre"]:
        _ton, mention, ico = echeance(jour, bilan_etapes["ancienne"])
        files.append(
            File(
                bilan_etapes["nombre"],
                "étape en retard" if bilan_etapes["nombre"] == 1 else "étapes en retard",
                "L’avancement ou l’échéance est à mettre à jour.",
                f"{reverse('actions:fiches')}?retard=on{pilote}",
                "veille",
                mention,
                ico,
            )
        )
    return [f for f in files if f]


def files_gestion(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the queues of programme managers: bilans to review, late ones, anomalies, report, failed jobs."""
    files = []
    etats = Bilan.objects.filter(campagne__etat="ouverte").aggregate(
        a_relire=Count("id", filter=Q(etat="soumis")),
        relecture=Min("campagne__relecture_avant", filter=Q(etat="soumis")),
        en_retard=Count("id", filter=Q(etat__in=["a_renseigner", "a_corriger"], campagne__soumission_avant__lt=jour)),
        remise=Min("campagne__soumission_avant"),
        annee=Max("campagne__annee"),
    )
    if etats["a_relire"]:
        ton, mention, ico = echeance(jour, etats["relecture"])
        mots = "bilan à relire" if etats["a_relire"] == 1 else "bilans à relire"
        files.append(
            File(
                etats["a_relire"], mots, f"Campagne {etats['annee']} : renvoyez avec un commentaire ou validez.",
                f"{reverse('actions:bilans')}?etat=soumis", ton, mention, ico,
            )
        )  # fmt: skip
    if etats["en_retard"]:
        ton, mention, ico = echeance(jour, etats["remise"])
        mots = "bilan non rendu à la date" if etats["en_retard"] == 1 else "bilans non rendus à la date"
        files.append(
            File(
                etats["en_retard"], mots, "Relancez les pilotes depuis le tableau de la campagne.",
                reverse("actions:campagnes"), ton, mention, ico,
            )
        )  # fmt: skip
    en_vigueur = Programme.objects.visibles_par(utilisateur).du_departement().en_vigueur(jour)
    anomalies = Anomalie.objects.filter(etat="ouverte", fiche__programme__in=en_vigueur).count()
    if anomalies:
        mots = "anomalie de fiche à trancher" if anomalies == 1 else "anomalies de fiches à trancher"
        files.append(
            File(
                anomalies, mots, "Corriger par avenant, ou garder tel quel en disant pourquoi.",
                f"{reverse('actions:fiches')}?anomalie=on", "info", "En attente de vous", ICONES["attente"],
            )
        )  # fmt: skip
    echecs = Traitement.objects.filter(
        etat=EtatTraitement.ECHEC, fin__date__gte=jour - datetime.timedelta(days=7)
    ).count()
    if echecs:
        mots = "travail interrompu cette semaine" if echecs == 1 else "travaux interrompus cette semaine"
        files.append(
            File(
                echecs, mots, "Lisez le message et relancez.", f"{reverse('socle:traitements')}?etat=echec",
                "veille", "À relancer", ICONES["relancer"],
            )
        )  # fmt: skip
    return files


def files_rapport(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the queue of the annual report of each programme of last year: to compile, to publish, to read."""
    annee = jour.year - 1
    programmes = (
        Programme.objects.visibles_par(utilisateur)
        .du_departement()
        .exclude(etat="preparation")
        .filter(annee_debut__lte=annee, annee_fin__gte=annee)
    )
    publiee = VersionRapport.objects.filter(rapport=OuterRef("pk"), etat="publiee")
    rapports: dict[int, Any] = {
        rapport.programme_id: rapport
        for rapport in RapportAnnuel.objects.filter(programme__in=programmes, annee=annee).annotate(
            derniere=Max("versions__numero"), est_publie=Exists(publiee)
        )
    }
    gestion = utilisateur.a_role(*ROLES_GESTION)
    files = [_rapport(p, rapports.get(p.pk), annee, jour, gestion=gestion) for p in programmes]
    return [file for file in files if file]


def _rapport(programme: Programme, rapport: Any, annee: int, jour: datetime.date, *, gestion: bool) -> File | None:
    """Return what the report of `programme` waits for, None when nothing is waited from this reader."""
    ton, mention, ico = echeance(jour, datetime.date(jour.year, 3, 31))
    url = reverse("gouvernance:rapport", args=[programme.code, annee])
    if rapport is not None and rapport.est_publie:
        return File(
            1, f"rapport {annee} publié", "Lire, télécharger, comparer.", url, "bon", "Publié", ICONES["publie"]
        )
    if rapport is None or rapport.derniere is None:
        detail = f"{programme} : l’Assemblée délibère avant le 31 mars (CASF, art. L. 263-1)."
        return File(1, f"rapport {annee} à compiler", detail, url, ton, mention, ico) if gestion else None
    detail = f"{programme} : version {rapport.derniere} compilée."
    if not gestion:
        return File(1, f"rapport {annee} à lire", detail, url, "info", "À lire", ICONES["attente"], "Lire le rapport")
    return File(1, f"rapport {annee} à publier", detail, url, ton, mention, ico, "Voir le rapport")


def files_de(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return every queue of the user, the most pressing first."""
    files: list[File] = []
    if utilisateur.a_role(Role.PILOTE):
        files += files_pilote(utilisateur, jour)
    if utilisateur.a_role(*ROLES_GESTION):
        files += files_gestion(utilisateur, jour)
    if utilisateur.a_role(*ROLES_GESTION, Role.DIRECTION):
        files += files_rapport(utilisateur, jour)
    files += files_offre(utilisateur, jour)
    files += files_gouvernance(utilisateur, jour)
    files += files_parcours(utilisateur, jour)
    files += files_actes(utilisateur)
    files += files_demandes(utilisateur, jour)
    if utilisateur.a_role(Role.PRESTATAIRE):
        files += files_operateur(utilisateur, jour)
    return sorted(files, key=lambda f: URGENCES[f.ton])


def nombre_bilans_a_ecrire(utilisateur: Any) -> int:
    """Return how many bilans wait for this user, for the navigation."""
    return Bilan.objects.a_ecrire_par(utilisateur).count()


def derniers_avis(utilisateur: Any, nombre: int = 5) -> list[Any]:
    """Return the last notices of the user."""
    return list(utilisateur.avis.order_by(F("lu_le").asc(nulls_first=True), "-cree_le")[:nombre])
