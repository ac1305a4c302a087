"""The way back from a merge: two files again, while nothing was written on the one that stayed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import transaction
from django.utils import timezone

from parcours.droits.doublons import peut_rapprocher
from parcours.models import DossierRSA, Fusion, Personne, PersonnesDistinctes
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import journaliser

from .fusion import lignes_de, numeroter

HORS_PORTEE = "Cette fiche n’est pas dans votre périmètre : demandez à un administrateur."
DEJA = "Ces deux fiches sont déjà séparées."
ANCIENNE = (
    "Cette fusion date d’avant que les séparations soient possibles : sa trace ne suffit pas à revenir en arrière."
)
SANS_MOTIF = "Dites ce qui vous fait penser que ce sont deux personnes."


def ce_qui_empeche(fusion: Fusion) -> list[str]:
    """Return, in words, why the two files can no longer be told apart; empty when they can. Reads only."""
    if fusion.separee_le is not None:
        return [DEJA]
    if not fusion.retour:
        return [ANCIENNE]
    avant, maintenant = fusion.retour["presentes"], lignes_de(fusion.garde_id)
    faits = []
    for cle, lignes in maintenant.items():
        nouvelles, parties = set(lignes) - set(avant.get(cle, [])), set(avant.get(cle, [])) - set(lignes)
        nom = str(apps.get_model(cle.partition(":")[0])._meta.verbose_name)
        if nouvelles:
            faits.append(f"Depuis la fusion, {len(nouvelles)} ligne{'s' * (len(nouvelles) > 1)} « {nom} » de plus.")
        if parties:
            faits.append(f"Depuis la fusion, {len(parties)} ligne{'s' * (len(parties) > 1)} « {nom} » de moins.")
    if ecrites := _ecrites_depuis(fusion):
        faits.append(f"Depuis la fusion, la fiche ou ce qu’elle porte a été modifié : {', '.join(ecrites)}.")
    return faits


def _ecrites_depuis(fusion: Fusion) -> list[str]:
    """Return the days on which something of the file was written since the merge, as the journal tells."""
    cles: dict[str, set[str]] = {Personne._meta.label_lower: {str(fusion.garde_id)}}
    for cle, lignes in fusion.retour["presentes"].items():
        cles.setdefault(cle.partition(":")[0], set()).update(map(str, lignes))
    suite = EntreeJournal.objects.filter(pk__gt=fusion.retour["journal"], objet_type__in=cles)
    jours = {
        timezone.localtime(le).date()
        for genre, cle, le in suite.order_by().values_list("objet_type", "objet_id", "le")
        if cle in cles[genre]
    }
    return [f"le {jour:%d/%m/%Y}" for jour in sorted(jours)]


@transaction.atomic
def separer(*, fusion: Fusion, motif: str, par: Any) -> Personne:
    """Give back to the absorbed file all that the merge took from it. Return that file, under its own key.

    The pair is told apart for good. Raises DroitInsuffisant; RegleMetier out of scope, without motive, or when anything
    was written since: nothing is moved then.
    """
    exiger(peut_rapprocher(par))
    if not Personne.objects.visibles_par(par).filter(pk=fusion.garde_id).exists():
        raise RegleMetier(HORS_PORTEE)
    garde = Personne.objects.select_for_update(of=("self",)).get(pk=fusion.garde_id)
    fusion = Fusion.objects.select_for_update(of=("self",)).get(pk=fusion.pk)
    if not motif.strip():
        raise RegleMetier(SANS_MOTIF, champ="motif")
    if faits := ce_qui_empeche(fusion):
        raise RegleMetier(" ".join(faits))
    rendue = _recreer(fusion, garde)
    _rendre_les_lignes(fusion.retour, rendue)
    _rendre_l_identite(fusion, garde)
    for personne in (garde, rendue):
        numeroter(personne)
    premiere, seconde = sorted((garde, rendue), key=lambda p: p.pk)
    PersonnesDistinctes.objects.get_or_create(premiere=premiere, seconde=seconde, defaults={"par": par})
    fusion.separee_le, fusion.separee_par, fusion.motif_separation = timezone.now(), par, motif.strip()[:250]
    fusion.save(update_fields=["separee_le", "separee_par", "motif_separation"])
    journaliser(
        par=par, verbe="separer_personnes", objet=garde, commentaire=motif.strip(), apres={"fiche rendue": rendue.pk}
    )
    return rendue


def _ecrire(lignes: Iterable[dict[str, Any]]) -> list[Any]:
    """Write serialised rows again, whole, under their own keys. Return them."""
    ecrites = []
    for objet in serializers.deserialize("json", json.dumps(list(lignes)), ignorenonexistent=True):
        objet.object.save()
        ecrites.append(objet.object)
    return ecrites


def _recreer(fusion: Fusion, garde: Personne) -> Personne:
    (rendue,) = _ecrire([fusion.retour["absorbee"]])
    if fusion.retour["nir"]:
        rendue.nir_chiffre, rendue.nir_empreinte = garde.nir_chiffre, garde.nir_empreinte
        rendue.save(update_fields=["nir_chiffre", "nir_empreinte"])
    lue: Personne = rendue
    return lue


def _rendre_les_lignes(retour: dict[str, Any], rendue: Personne) -> None:
    for etiquette, cle in retour["nouvelles"]:
        apps.get_model(etiquette)._base_manager.filter(pk=cle).delete()
    _ecrire([*retour["periodes"], *retour["effacees"], *retour["paires"]])
    for cle, lignes in retour["liens"].items():
        etiquette, _, champ = cle.partition(":")
        apps.get_model(etiquette)._base_manager.filter(pk__in=lignes).update(**{champ: rendue.pk})
    for dossier, foyer in retour["dossiers"]:
        DossierRSA.objects.filter(pk=dossier).update(foyer=foyer)


def _rendre_l_identite(fusion: Fusion, garde: Personne) -> None:
    """Take back from the file kept what it had taken from the other: nothing was there before."""
    for nom in fusion.completes:
        if nom != "nir":
            champ: Any = Personne._meta.get_field(nom)
            setattr(garde, nom, None if champ.null else "")
    if fusion.retour["nir"] == "repris":
        garde.nir_chiffre, garde.nir_empreinte = None, None
    contact = fusion.retour["contact"]
    garde.dernier_contact = datetime.date.fromisoformat(contact) if contact else None
    garde.version += 1
    garde.save()
