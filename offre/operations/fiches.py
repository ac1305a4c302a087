"""Writes of offer sheets: create, change, the circuit to publication, the version kept, the yearly confirmation.

What an operator changes on a published sheet is in propositions.py.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from actions.operations.commun import Etat, contraintes_en_francais, refuser_si_change, remplacer_lignes
from offre.droits_fiches import (
    RESERVE_FICHE,
    acteurs_de_fiche,
    est_du_service,
    modifie_directement,
    peut_changer_offre,
    peut_creer_offre,
    peut_modifier_offre,
    peut_tenir_fiche,
)
from offre.models import (
    CapaciteOffre,
    EtatOffre,
    Frein,
    LieuOffre,
    OffreInsertion,
    Session,
    TransitionOffre,
    VersionOffre,
)
from offre.querysets import ROLES_OFFRE
from offre.regles.fiches import AUTOMATE_OFFRE, completude
from offre.versions import CHAMPS_LIEU, LISTES, SCALAIRES, Contenu, contenu_de, differences, en_mots
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, journaliser, prevenir
from pdi.structures.models import Structure
from pdi.territoires.models import Departement

DECIMAUX = ("duree_min_mois", "duree_max_mois", "heures", "heures_hebdo", "cout")


def etat_de_la_fiche(contenu: Contenu, sans: tuple[str, ...] = ()) -> Etat:
    """Return {label: words} of what the form holds, for the lock and for the journal."""
    return {r.libelle: r.texte for r in en_mots(contenu, sans)}


def verrouiller_offre(offre: OffreInsertion) -> OffreInsertion:
    """Return the sheet locked until the end of the transaction."""
    return OffreInsertion.objects.select_for_update(of=("self",)).get(pk=offre.pk)


# -- content -----------------------------------------------------------------------------------------


def fixer_contenu(offre: OffreInsertion, contenu: Contenu, par: Any) -> None:
    """Write `contenu` (offre.versions) onto a locked or new sheet; keys that it does not hold do not move.

    Raises RegleMetier with the field at fault.
    """
    for nom in (*SCALAIRES, *LISTES):
        if nom in contenu:
            valeur = contenu[nom]
            setattr(offre, nom, Decimal(valeur) if nom in DECIMAUX and valeur not in (None, "") else valeur)
    offre.modifiee_le, offre.modifiee_par = timezone.now(), par
    offre.version = offre.version + 1 if offre.pk else 1
    enregistrer(offre)
    for nom, modele in (("operateurs", Structure), ("freins", Frein), ("fiches", None)):
        if nom in contenu:
            cles = [o["id"] for o in contenu[nom]]
            getattr(offre, nom).set(cles if modele is None else modele._default_manager.filter(pk__in=cles))
    with contraintes_en_francais(LieuOffre, CapaciteOffre):
        if "lieux" in contenu:
            _fixer_lieux(offre, contenu["lieux"])
        if "capacites" in contenu:
            remplacer_lignes(modele=CapaciteOffre, parent={"offre": offre}, lignes=_capacites(offre, contenu))
    for nom in ("lieux", "capacites"):
        getattr(offre, "_prefetched_objects_cache", {}).pop(nom, None)


def _fixer_lieux(offre: OffreInsertion, lieux: Any) -> None:
    """Make the places exactly these; one that is still there keeps its identity, for sessions name it."""
    connus = set(offre.lieux.values_list("pk", flat=True))
    gardes = {lieu.get("pk") for lieu in lieux} & connus
    offre.lieux.exclude(pk__in=gardes).delete()
    for ordre, lieu in enumerate(lieux):
        valeurs = {nom: lieu.get(nom) for nom in CHAMPS_LIEU}
        for nom in ("latitude", "longitude"):
            valeurs[nom] = Decimal(str(valeurs[nom])) if valeurs[nom] not in (None, "") else None
        valeurs |= {"commune_id": lieu.get("code") or None, "ordre": ordre}
        cle = lieu.get("pk") if lieu.get("pk") in gardes else None
        LieuOffre(pk=cle, offre=offre, **valeurs).save(force_insert=cle is None, force_update=cle is not None)


def _capacites(offre: OffreInsertion, contenu: Contenu) -> list[dict[str, Any]]:
    """Return the rows of capacity; a row of the same year, territory and unit keeps its identity."""
    connues = {(c.annee, c.territoire_id, c.unite): c.pk for c in offre.capacites.all()}
    lignes = []
    for c in contenu["capacites"]:
        dont = c.get("dont_brsa")
        lignes.append({
            "pk": connues.pop((c["annee"], c["territoire"], c["unite"]), None), "annee": c["annee"],
            "territoire_id": c["territoire"], "unite": c["unite"], "quantite": Decimal(str(c["quantite"])),
            "dont_brsa": Decimal(str(dont)) if dont not in (None, "") else None,
        })  # fmt: skip
    return lignes


@transaction.atomic
def creer_offre(*, contenu: Contenu, par: Any) -> OffreInsertion:
    """Create a sheet as a draft. An operator's is for its own structures, whatever `contenu` says.

    Raises DroitInsuffisant, and RegleMetier with the field at fault.
    """
    exiger(peut_creer_offre(par))
    voulu = dict(contenu)
    if not est_du_service(par):
        siennes = Structure.objects.filter(pk__in=par.structures_du_role(Role.PRESTATAIRE))
        voulu["operateurs"] = [{"id": s.pk, "nom": str(s)} for s in siennes]
    departement = Departement.objects.filter(pk=settings.DEPARTEMENT_CODE).first()
    if departement is None:
        raise RegleMetier("Les territoires du Département ne sont pas encore chargés.")
    dernier = OffreInsertion.objects.aggregate(m=Max("ordre"))["m"] or 0
    offre = OffreInsertion(departement=departement, ordre=min(dernier + 1, 32000), confirmee_le=timezone.localdate())
    fixer_contenu(offre, voulu, par)
    TransitionOffre.objects.create(offre=offre, vers=EtatOffre.BROUILLON, par=par)
    journaliser(par=par, verbe="creer_offre", objet=offre, apres=etat_de_la_fiche(contenu_de(offre)))
    return offre


@transaction.atomic
def modifier_offre(*, offre: OffreInsertion, contenu: Contenu, par: Any, vue: str | None = None) -> OffreInsertion:
    """Change the sheet itself; a published one keeps its state, and the new content is a version.

    `vue` is the fingerprint of the page. Raises DroitInsuffisant (PasMaintenant when archived), ConflitVersion, and
    RegleMetier with the field at fault, or when a published sheet would lose what it is published with.
    """
    lue = verrouiller_offre(offre)
    exiger(peut_modifier_offre(par, lue))
    if not modifie_directement(par, lue):
        exiger(non("Cette fiche est publiée : proposez une modification, le service la relira."))
    avant = contenu_de(lue)
    refuser_si_change(lue, etat_de_la_fiche(avant), vue)
    fixer_contenu(lue, contenu, par)
    apres = contenu_de(lue)
    if lue.etat == EtatOffre.PUBLIEE:
        _exiger_minimum(apres)
        garder_version(lue, apres, par)
    journaliser(
        par=par, verbe="modifier_offre", objet=lue, avant=etat_de_la_fiche(avant), apres=etat_de_la_fiche(apres)
    )
    return lue


def garder_version(offre: OffreInsertion, contenu: Contenu, par: Any) -> VersionOffre | None:
    """Keep the published content as a version, unless the last one already says it."""
    derniere = offre.versions.first()
    if derniere is not None and not differences(derniere.contenu, contenu):
        return None
    numero = derniere.numero + 1 if derniere else 1
    return VersionOffre.objects.create(offre=offre, numero=numero, contenu=dict(contenu), par=par)


def _exiger_minimum(contenu: Contenu) -> None:
    if manques := completude(contenu).bloquants:
        raise RegleMetier(f"Avant la publication, il manque : {', '.join(manques)}.")


# -- circuit -----------------------------------------------------------------------------------------


def _changer(offre: OffreInsertion, par: Any, verbe: str, commentaire: str = "", **valeurs: Any) -> OffreInsertion:
    lue = verrouiller_offre(offre)
    exiger(peut_changer_offre(par, lue, verbe))
    valeurs.setdefault("motif_renvoi", "")
    changer_etat(
        automate=AUTOMATE_OFFRE, verbe=verbe, objet=lue, acteurs=acteurs_de_fiche(par, lue), ligne=TransitionOffre,
        cle="offre", par=par, commentaire=commentaire, valeurs=valeurs,
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=lue, commentaire=commentaire)
    return lue


@transaction.atomic
def soumettre_offre(*, offre: OffreInsertion, par: Any) -> OffreInsertion:
    """Send a draft to the service. Raises DroitInsuffisant, TransitionImpossible, RegleMetier (what is missing)."""
    lue = verrouiller_offre(offre)
    exiger(peut_changer_offre(par, lue, "soumettre_offre"))
    _exiger_minimum(contenu_de(lue))
    lue = _changer(lue, par, "soumettre_offre")
    prevenir(
        destinataires=[u for u in gens_du_service() if u.pk != par.pk], titre="Une fiche d’offre est à relire",
        texte=str(lue), url=lue.get_absolute_url(),
    )  # fmt: skip
    return lue


@transaction.atomic
def reprendre_offre(*, offre: OffreInsertion, par: Any) -> OffreInsertion:
    """Take a sheet back from review, to correct it."""
    return _changer(offre, par, "reprendre_offre")


@transaction.atomic
def renvoyer_offre(*, offre: OffreInsertion, par: Any, commentaire: str) -> OffreInsertion:
    """Send a sheet back to its authors, saying what to correct. Raises RegleMetier without a comment."""
    lue = _changer(offre, par, "renvoyer_offre", commentaire, motif_renvoi=commentaire.strip())
    prevenir(
        destinataires=gens_de_l_operateur(lue), titre="Une fiche d’offre est à corriger", texte=str(lue),
        url=lue.get_absolute_url(),
    )  # fmt: skip
    return lue


@transaction.atomic
def publier_offre(*, offre: OffreInsertion, par: Any) -> OffreInsertion:
    """Publish a sheet and keep its version. Raises DroitInsuffisant, TransitionImpossible, RegleMetier."""
    lue = verrouiller_offre(offre)
    exiger(peut_changer_offre(par, lue, "publier_offre"))
    contenu = contenu_de(lue)
    _exiger_minimum(contenu)
    lue = _changer(lue, par, "publier_offre", publiee_le=timezone.now(), publiee_par=par)
    garder_version(lue, contenu, par)
    prevenir(
        destinataires=[u for u in gens_de_l_operateur(lue) if u.pk != par.pk], titre="Une fiche d’offre est publiée",
        texte=str(lue), url=lue.get_absolute_url(),
    )  # fmt: skip
    return lue


@transaction.atomic
def suspendre_offre(*, offre: OffreInsertion, par: Any, commentaire: str) -> OffreInsertion:
    """Withdraw a published sheet for a time: nobody is prescribed onto it any more; what runs goes on."""
    return _changer(offre, par, "suspendre_offre", commentaire)


@transaction.atomic
def archiver_offre(*, offre: OffreInsertion, par: Any, commentaire: str) -> OffreInsertion:
    """Withdraw a sheet for good. Raises RegleMetier while a session is open to enrolments."""
    lue = verrouiller_offre(offre)
    exiger(peut_changer_offre(par, lue, "archiver_offre"))
    if Session.objects.ouvertes_au(timezone.localdate()).filter(offre=lue).exists():
        raise RegleMetier("Une session de cette offre est ouverte aux inscriptions : fermez-la d’abord.")
    return _changer(lue, par, "archiver_offre", commentaire)


@transaction.atomic
def desarchiver_offre(*, offre: OffreInsertion, par: Any) -> OffreInsertion:
    """Take a sheet out of the archive, as a draft."""
    return _changer(offre, par, "desarchiver_offre")


@transaction.atomic
def confirmer_offre(*, offre: OffreInsertion, par: Any, jour: datetime.date | None = None) -> OffreInsertion:
    """Say that the sheet is right as it stands. Raises DroitInsuffisant."""
    lue = verrouiller_offre(offre)
    exiger(peut_tenir_fiche(par, lue) if par is not None else non(RESERVE_FICHE))
    avant = {"confirmée le": lue.confirmee_le}
    lue.confirmee_le = jour or timezone.localdate()
    lue.save(update_fields=["confirmee_le"])
    journaliser(par=par, verbe="confirmer_offre", objet=lue, avant=avant, apres={"confirmée le": lue.confirmee_le})
    return lue


# -- who is told -------------------------------------------------------------------------------------


def _habilites(**condition: Any) -> list[Utilisateur]:
    du_jour = {f"habilitations__{nom}": valeur for nom, valeur in condition.items()}
    return list(
        Utilisateur.objects.filter(
            is_active=True, habilitations__periode__contains=timezone.localdate(), **du_jour
        ).distinct()
    )


def gens_du_service() -> list[Utilisateur]:
    """Return who reviews sheets today."""
    return _habilites(role__in=ROLES_OFFRE)


def gens_de_l_operateur(offre: OffreInsertion) -> list[Utilisateur]:
    """Return who may correct a sheet today."""
    return _habilites(role=Role.PRESTATAIRE, structure__in=[s.pk for s in offre.operateurs.all()])
