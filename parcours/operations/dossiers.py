"""RSA files: opening, correction, closing; rights and duties, received and recomputed side by side."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.droits.identite import peut_modifier_identite
from parcours.models import DossierRSA, MembreFoyer, Personne, SituationDroitsDevoirs
from parcours.regles.droits_devoirs import soumis
from parcours.regles.periodes import faire_suite
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser

from .foyer import AVENIR, foyer_ou_nouveau

CHAMPS = ("numero", "matricule", "organisme_payeur", "demande_le", "ouvert_le", "clos_le", "motif_cloture")


def _verifier(valeurs: Mapping[str, Any]) -> None:
    demande, ouvert, clos = (valeurs.get(c) for c in ("demande_le", "ouvert_le", "clos_le"))
    if demande is not None and demande > timezone.localdate():
        raise RegleMetier(AVENIR, champ="demande_le")
    if clos is not None and ouvert is None:
        raise RegleMetier(
            "Un dossier se ferme après avoir été ouvert : indiquez la date d’ouverture.", champ="ouvert_le"
        )
    if clos is not None and clos < ouvert:
        raise RegleMetier(f"Le dossier est ouvert le {ouvert:%d/%m/%Y} : il ne se ferme pas avant.", champ="clos_le")


@transaction.atomic
def ouvrir_dossier(*, personne: Personne, valeurs: Mapping[str, Any], par: Any) -> DossierRSA:
    """Record an RSA file for the household of `personne` (made if she has none). `valeurs`: fields of CHAMPS.

    Raises DroitInsuffisant, and RegleMetier (number already known, dates out of order).
    """
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    _verifier(valeurs)
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    foyer = foyer_ou_nouveau(personne=personne, debut=valeurs["ouvert_le"] or valeurs["demande_le"])
    if DossierRSA.objects.filter(numero=valeurs["numero"]).exists():
        raise RegleMetier("Ce numéro de demande est déjà celui d’un autre dossier.", champ="numero")
    dossier = DossierRSA(foyer=foyer, **valeurs)
    enregistrer(dossier)
    journaliser(par=par, verbe="ouvrir_dossier_rsa", objet=dossier, apres=etat_de(dossier, CHAMPS))
    return dossier


@transaction.atomic
def modifier_dossier(*, personne: Personne, dossier: DossierRSA, valeurs: Mapping[str, Any], par: Any) -> DossierRSA:
    """Correct or close a file; when it closes, its rights and duties end that day (L262-28: an open right).

    Raises as `ouvrir_dossier`.
    """
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    _verifier(valeurs)
    dossier = DossierRSA.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if DossierRSA.objects.filter(numero=valeurs["numero"]).exclude(pk=dossier.pk).exists():
        raise RegleMetier("Ce numéro de demande est déjà celui d’un autre dossier.", champ="numero")
    avant = etat_de(dossier, CHAMPS)
    for champ, valeur in valeurs.items():
        setattr(dossier, champ, valeur)
    enregistrer(dossier)
    if dossier.clos_le is not None:
        _finir_droits(dossier, dossier.clos_le, par)
    journaliser(
        par=par, verbe="modifier_dossier_rsa", objet=dossier, avant=avant, apres=etat_de(dossier, CHAMPS)
    )  # fmt: skip
    return dossier


def _finir_droits(dossier: DossierRSA, le: datetime.date, par: Any) -> None:
    """End on `le` the periods of rights and duties that lean on this file; withdraw those that begin there or after.

    Left open, these would say for ever that somebody without a file is subject to them, and keep her from the archive.
    """
    for periode in dossier.droits_devoirs.filter(periode__startswith__gte=le):
        avant = etat_de(periode, ("periode", "recu", "recalcule"))
        journaliser(par=par, verbe="retirer_droits_devoirs", objet=periode, avant=avant)
        periode.delete()
    for periode in dossier.droits_devoirs.filter(periode__contains=le):
        periode.periode = DateRange(periode.periode.lower, le)
        periode.save(update_fields=["periode"])


@transaction.atomic
def declarer_droits_devoirs(
    *,
    personne: Personne,
    dossier: DossierRSA,
    debut: datetime.date,
    recu: bool | None,
    sans_activite: bool | None,
    par: Any,
) -> SituationDroitsDevoirs:
    """Record whether the person is subject to rights and duties from `debut` on, as received and as recomputed.

    The period before ends the day before. A difference is kept and shown. Raises DroitInsuffisant, RegleMetier for the
    date. Source: CASF L262-28, D262-65.
    """
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    if debut > timezone.localdate():
        raise RegleMetier(AVENIR, champ="debut")
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    place = MembreFoyer.objects.filter(personne=personne, foyer=dossier.foyer_id, periode__contains=debut).first()
    if place is None:
        raise RegleMetier("À cette date, la personne n’est pas du foyer de ce dossier.", champ="debut")
    ouvert = dossier.ouvert_le is not None and dossier.ouvert_le <= debut and (
        dossier.clos_le is None or debut < dossier.clos_le
    )  # fmt: skip
    autres = {s.pk: s for s in personne.droits_devoirs.select_for_update()}
    suite = faire_suite([(pk, s.periode) for pk, s in autres.items()], debut, "une période")
    if suite.faute:
        raise RegleMetier(suite.faute, champ="debut")
    if suite.finie is not None:
        ancienne = autres[suite.finie]
        ancienne.periode = DateRange(ancienne.periode.lower, debut)
        ancienne.save(update_fields=["periode"])
    nouvelle = SituationDroitsDevoirs(
        personne=personne, dossier=dossier, periode=DateRange(debut, None), recu=recu,
        recalcule=soumis(role=place.role, droit_ouvert=ouvert, sans_activite=sans_activite),
    )  # fmt: skip
    enregistrer(nouvelle)
    journaliser(
        par=par, verbe="declarer_droits_devoirs", objet=nouvelle,
        apres=etat_de(nouvelle, ("periode", "recu", "recalcule")),
    )  # fmt: skip
    return nouvelle
