"""The avenants, proposals and signatures of the demonstration: fictive, made by the operations themselves."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.models import Bilan, FicheAction, Programme, Signataire, VersionFiche
from actions.operations.demonstration.charger import versions_d_origine
from actions.versions import texte_actuel
from gouvernance.models import Avenant, ModificationFiche, TransitionAvenant, TransitionModification
from pdi.comptes.models import Utilisateur
from pdi.socle.typographie import typographier_tout

from .avenants import creer_avenant, proposer_avenant, rejeter_avenant, voter_avenant
from .creations import proposer_fiche
from .demonstration import PROGRAMME, SECRETAIRE
from .modifications import proposer_modification, retenir_modifications

AVANT_LE_VOTE = datetime.timedelta(days=45)


class _Recit:
    """The fixture, and what it names in the base."""

    def __init__(self, chemin: Path, jour: datetime.date, par: Utilisateur) -> None:
        self.lu: dict[str, Any] = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))
        self.jour, self.par = jour, par
        self.programme = Programme.objects.get(code=PROGRAMME)
        self.fiches = {f.numero: f for f in FicheAction.objects.filter(programme=self.programme)}

    def proposer(self, dit: dict[str, Any]) -> ModificationFiche:
        fiche, champ = self.fiches[dit["fiche"]], dit["champ"]
        texte = dit.get("texte") or f"{texte_actuel(fiche, champ)}\n{dit['ajouter']}".strip()
        bilan = None
        if dit["origine"] == "bilan":
            bilan = Bilan.objects.filter(fiche=fiche, evolution_proposee=True).order_by("-campagne__annee").first()
        return proposer_modification(
            fiche=FicheAction.objects.select_related("programme").get(pk=fiche.pk), champ=champ, apres=texte,
            motif=dit["motif"], origine=dit["origine"] if bilan or dit["origine"] != "bilan" else "libre",
            bilan=bilan, par=self.par, demonstration=True,
        )  # fmt: skip

    def creer(self, dit: dict[str, Any]) -> ModificationFiche:
        """Propose a new fiche, piloted as another one is."""
        voisine = self.fiches[dit["voisine"]]
        textes = {**dit["textes"], "pilotes": texte_actuel(voisine, "pilotes")}
        return proposer_fiche(
            programme=self.programme, axe=voisine.axe, textes=textes,
            motif=dit["motif"], origine=dit["origine"], par=self.par, demonstration=True,
        )  # fmt: skip

    def date(self, dit: dict[str, Any], cle: str) -> datetime.date:
        """Return « MM-JJ » of the last year that is over, `ans` years before it when said."""
        mois, jour = (int(n) for n in dit[cle].split("-"))
        annee = self.jour.year - dit["ans"]
        if datetime.date(annee, mois, jour) > self.jour:
            annee -= 1
        return datetime.date(annee, mois, jour)


@transaction.atomic
def charger_avenants(*, chemin: Path, jour: datetime.date) -> int | None:
    """Add the avenants of the demonstration, once; return how many, None when they are already there."""
    par = Utilisateur.objects.filter(courriel=SECRETAIRE).first()
    if par is None or Avenant.objects.filter(demonstration=True).exists():
        return None
    recit = _Recit(chemin, jour, par)
    versions_d_origine(recit.programme)  # the storeys above have tied indicators to their calculations since
    for dit in recit.lu["avenants"]:
        _avenant(recit, dit)
    for dit in recit.lu["attente"]:
        recit.proposer(dit)
    _signer(recit)
    Programme.objects.filter(pk=recit.programme.pk).update(en_ligne=True)
    return len(recit.lu["avenants"])


def _avenant(recit: _Recit, dit: dict[str, Any]) -> None:
    venir = datetime.date(recit.jour.year + 1, 4, 1)
    effet = venir if dit.get("effet_a_venir") else recit.date(dit, "effet")
    lues = [recit.proposer(m) for m in dit["modifications"]]
    lues += [recit.creer(f) for f in dit.get("creations", [])]
    lu = creer_avenant(
        programme=recit.programme, intitule=dit["intitule"], expose=dit["expose"], effet=effet, par=recit.par,
        demonstration=True,
    )  # fmt: skip
    retenir_modifications(avenant=lu, modifications=[m.pk for m in lues], par=recit.par)
    if dit["issue"] == "preparation":
        return
    vote = recit.date(dit, "vote")
    numero = dit["deliberation"].format(annee=vote.year)
    suite: dict[str, Any] = {"deliberation": numero, "vote_le": vote, "par": recit.par}
    lu = proposer_avenant(avenant=lu, par=recit.par)
    if dit["issue"] == "rejet":
        lu = rejeter_avenant(avenant=lu, commentaire=dit["commentaire"], **suite)
    else:
        lu = voter_avenant(avenant=lu, effet=effet, **suite)
    _dater(lu, vote, effet)


def _dater(avenant: Avenant, vote: datetime.date, effet: datetime.date) -> None:
    """Put what happened at its day: the operations date it from the loading."""
    debut = _instant(vote - AVANT_LE_VOTE)
    Avenant.objects.filter(pk=avenant.pk).update(
        cree_le=debut, applique_le=_instant(effet) if avenant.applique_le else None
    )
    jours = {"preparation": debut, "propose": debut + AVANT_LE_VOTE / 2}
    for transition in TransitionAvenant.objects.filter(avenant=avenant):
        TransitionAvenant.objects.filter(pk=transition.pk).update(le=jours.get(transition.vers, _instant(vote)))
    ModificationFiche.objects.filter(avenant=avenant).update(cree_le=debut)
    siennes = TransitionModification.objects.filter(modification__avenant=avenant)
    siennes.filter(vers__in=["proposee", "retenue"]).update(le=debut)
    siennes.filter(vers="appliquee").update(le=_instant(effet))
    siennes.filter(vers="ecartee").update(le=_instant(vote))
    for version in VersionFiche.objects.filter(modifications__avenant=avenant).distinct():
        Bilan.objects.filter(fiche=version.fiche_id, campagne__ouverture__gte=effet).update(version_fiche=version)


def _signer(recit: _Recit) -> None:
    """Sign the pact by all its signatories but the last one."""
    adoption = recit.programme.date_adoption or datetime.date(recit.programme.annee_debut, 1, 1)
    signataires = Signataire.objects.filter(programme=recit.programme).order_by("ordre", "pk")
    for signataire, dit in zip(signataires, recit.lu["signatures"], strict=False):
        if signataire.signe_le is None:
            signataire.signe_le = adoption + datetime.timedelta(days=dit["jours"])
            signataire.signe_par, signataire.demonstration = dit["nom"], True
            signataire.save(update_fields=["signe_le", "signe_par", "demonstration"])


def _instant(jour: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(jour, datetime.time(10)))
