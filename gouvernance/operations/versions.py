"""The life of a version: its label, its publication, the deliberation, its PDF made again from the content."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gouvernance.contenu import empreinte, mettre_a_niveau
from gouvernance.document import FEUILLES, Edition, composer_document
from gouvernance.droits import peut_deliberer, peut_intituler, peut_publier
from gouvernance.models import Deliberation, EtatVersion, RapportAnnuel, VersionRapport
from gouvernance.regles import rapport as regles
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.operations import etat_de, journaliser, prevenir

CHAMPS_DELIBERATION = ("numero", "date", "rapporteur", "pour", "contre", "abstentions")


def edition(version: VersionRapport) -> Edition:
    """Return what the document of a version prints beside its content."""
    return Edition(version.numero, version.compilee_le, version.empreinte)


@transaction.atomic
def intituler_version(*, version: VersionRapport, intitule: str, par: Any) -> VersionRapport:
    """Say in which meeting a working version was seen (« vue en comité technique »).

    Raises DroitInsuffisant when the version is published or the user does not manage the report.
    """
    exiger(peut_intituler(par, version))
    avant = etat_de(version, ["intitule"])
    version.intitule = intitule.strip()
    version.save(update_fields=["intitule"])
    journaliser(par=par, verbe="intituler_version", objet=version, avant=avant, apres=etat_de(version, ["intitule"]))
    return version


def motifs_de_refus(version: VersionRapport) -> list[str]:
    """Return why the version cannot be published, in French sentences; empty when it can."""
    motifs = []
    points = regles.points_a_regler(mettre_a_niveau(version.contenu, version.schema_version))
    bloquants = [p for p in points if p.bloquant]
    if bloquants:
        fiches = ", ".join(dict.fromkeys(p.fiche for p in bloquants))
        motifs.append(
            f"{compte(len(bloquants), 'fiche attend', 'fiches attendent')} un bilan validé : {fiches}. "
            "Validez-les dans la campagne, rouverte s’il le faut, puis compilez une nouvelle version."
        )
    autres = version.rapport.versions.exclude(pk=version.pk)
    plus_recente = autres.filter(numero__gt=version.numero).order_by("-numero").first()
    if plus_recente:
        motifs.append(f"La version {plus_recente.numero} est plus récente : publiez celle-là, ou compilez à nouveau.")
    publiee = autres.filter(etat=EtatVersion.PUBLIEE).first()
    if publiee:
        motifs.append(f"La version {publiee.numero} de cet exercice est déjà publiée.")
    if empreinte(version.contenu) != version.empreinte:
        motifs.append("Le contenu ne correspond plus à son empreinte : prévenez l’administrateur.")
    return motifs


@transaction.atomic
def publier_version(*, version: VersionRapport, par: Any) -> VersionRapport:
    """Lock the version as the report of its year, and tell the direction.

    Raises DroitInsuffisant, and RegleMetier when a fiche lacks a validated bilan, when a newer version exists or
    when the year is already published. What is only missing data does not forbid it.
    """
    rapport = RapportAnnuel.objects.select_for_update().get(pk=version.rapport_id)
    version = rapport.versions.select_for_update(of=("self",)).select_related("rapport__programme").get(pk=version.pk)
    exiger(peut_publier(par, version))
    motifs = motifs_de_refus(version)
    if motifs:
        raise RegleMetier(" ".join(motifs))
    version.etat = EtatVersion.PUBLIEE
    version.publiee_le = timezone.now()
    version.publiee_par = par
    version.save(update_fields=["etat", "publiee_le", "publiee_par"])
    journaliser(
        par=par,
        verbe="publier_version",
        objet=version,
        avant={"état": EtatVersion.TRAVAIL.label},
        apres={"état": EtatVersion.PUBLIEE.label, "empreinte": version.empreinte},
    )
    direction = Utilisateur.objects.filter(
        habilitations__role=Role.DIRECTION, habilitations__periode__contains=timezone.localdate(), is_active=True
    ).distinct()
    prevenir(
        destinataires=direction,
        titre=f"Le rapport annuel {rapport.annee} est publié",
        texte=f"{rapport.programme.intitule_court}, version {version.numero}.",
        url=version.get_absolute_url(),
    )
    return version


@transaction.atomic
def enregistrer_deliberation(
    *,
    version: VersionRapport,
    numero: str,
    date: datetime.date,
    pour: int,
    contre: int = 0,
    abstentions: int = 0,
    rapporteur: str = "",
    reprise: str = "",
    par: Any,
) -> Deliberation:
    """Record the vote of the Assemblée on a published version, or correct it (the journal keeps what was written).

    `reprise` says why a vote older than the version is recorded (kept in the journal).
    Raises DroitInsuffisant, and RegleMetier for an impossible date, a meeting before the compilation of the version
    without `reprise`, a vote without any voice, a number already used.
    Source: CASF L263-1.
    """
    exiger(peut_deliberer(par, version))
    motif = regles.motif_date_deliberation(date, version.rapport.annee, timezone.localdate())
    if motif:
        raise RegleMetier(motif, champ="date")
    if pour + contre + abstentions == 0:
        raise RegleMetier("Donnez au moins une voix : pour, contre ou abstention.", champ="pour")
    deliberation = Deliberation.objects.select_for_update().filter(version=version).first()
    if deliberation is None or deliberation.date != date:
        motif = regles.motif_reprise(date, timezone.localdate(version.compilee_le), reprise)
        if motif:
            raise RegleMetier(motif, champ="date")
    avant = etat_de(deliberation, CHAMPS_DELIBERATION) if deliberation else None
    deliberation = deliberation or Deliberation(version=version)
    deliberation.numero, deliberation.date, deliberation.rapporteur = numero.strip(), date, rapporteur.strip()
    deliberation.pour, deliberation.contre, deliberation.abstentions = pour, contre, abstentions
    deliberation.enregistree_par, deliberation.enregistree_le = par, timezone.now()
    deliberation.demonstration = version.contenu["couverture"]["demonstration"]
    try:
        with transaction.atomic():
            deliberation.save()
    except IntegrityError as erreur:
        raise RegleMetier("Ce numéro de délibération est déjà enregistré.", champ="numero") from erreur
    journaliser(
        par=par,
        verbe="enregistrer_deliberation" if avant is None else "corriger_deliberation",
        objet=deliberation,
        avant=avant,
        apres=etat_de(deliberation, CHAMPS_DELIBERATION),
        commentaire=f"Reprise d’une délibération antérieure : {reprise.strip()}" if reprise.strip() else "",
    )
    return deliberation


def reconstruire_pdf(*, version: VersionRapport) -> bytes:
    """Print the version again from its frozen content alone: no live table is read.

    With the same code and the same libraries the bytes are those of the stored file. Slow: in a worker or a command.
    Raises RegleMetier when the content no longer has its hash.
    """
    from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy: workers only

    if empreinte(version.contenu) != version.empreinte:
        raise RegleMetier("Le contenu ne correspond plus à son empreinte.")
    document = composer_document(mettre_a_niveau(version.contenu, version.schema_version), edition(version))
    return imprimer(document, feuilles=FEUILLES, date=version.compilee_le, identifiant=version.empreinte).octets
