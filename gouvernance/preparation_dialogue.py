"""The sheet that prepares a territorial dialogue: the territory against the département, on one page, frozen as JSON.

Small cells are hidden from everybody: the sheet is handed out in the room. Nothing in it names a person.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict

from actions.models import FicheAction, Programme
from actions.presentation import STATUTS_FICHE
from gouvernance.models import DialogueTerritorial, Proposition
from gouvernance.querysets_participation import A_SUIVRE
from offre.models import Convention, OffreInsertion
from parcours.indicateurs import FORMULES
from parcours.statistiques.formule import Restriction
from parcours.statistiques.gestion import Besoin, GestionOffre
from parcours.statistiques.lecture import Chiffre, Source, chiffres
from pdi.socle.formats import compte, date_longue, dernier_jour
from pdi.territoires.models import TerritoireAction

SCHEMA = 1
CODES = (
    "taux_orientation", "delai_orientation", "taux_referencement", "taux_contractualisation", "file_active",
    "taux_presence", "prescriptions", "taux_sortie_positive", "taux_retour_emploi",
)  # fmt: skip
BESOINS, OFFRES, CONVENTIONS = 8, 30, 12


def composer(dialogue: DialogueTerritorial, utilisateur: Any, jour: datetime.date) -> dict[str, Any]:
    """Return the content of the sheet, ready for JSON. `utilisateur` asks for it; what he may see does not count."""
    territoire, exercice = dialogue.territoire, dialogue.annee - 1
    source = Source.de(exercice)
    offres = _offres(territoire, dialogue.annee)
    return {
        "schema": SCHEMA, "annee": dialogue.annee, "exercice": exercice, "territoire": territoire.nom,
        "source": _source(source, jour), "chiffres": _chiffres(source, territoire),
        "besoins": _besoins(territoire, utilisateur, min(dialogue.annee, jour.year)),
        "offres": [_offre(o) for o in offres[:OFFRES]], "offres_total": len(offres),
        "conventions": _conventions(offres, jour), "fiches": _fiches(offres, territoire, jour),
        "propositions": _propositions(territoire, dialogue.annee - 1),
    }  # fmt: skip


def _source(source: Source, jour: datetime.date) -> str:
    if source.releve is None:
        return f"Chiffres {source.annee} comptés le {date_longue(jour)}."
    if source.releve.gele_le:
        return f"Chiffres {source.annee} gelés, arrêtés au {date_longue(source.moment.jour)}."
    return f"Chiffres {source.annee} calculés le {date_longue(source.releve.calcule_le)}."


# -- figures ----------------------------------------------------------------------------------


def _chiffres(source: Source, territoire: TerritoireAction) -> list[dict[str, Any]]:
    formules = [f for code in CODES for f in FORMULES if f.code == code]
    ici = chiffres(source, formules, Restriction(territoire=territoire.code), masquer=True)
    partout = chiffres(source, formules, Restriction(), masquer=True)
    return [
        {
            "code": f.code, "libelle": f.libelle, "unite": f.unite, "definition": f.definition,
            "ici": _dire(ici[f.code]), "partout": _dire(partout[f.code]),
            "ecart": None if f.est_un_compte else _ecart(ici[f.code].valeur, partout[f.code].valeur),
        }
        for f in formules
    ]  # fmt: skip


def _dire(chiffre: Chiffre) -> dict[str, Any]:
    """Return one figure: its value, its terms, what is missing; hidden, nothing but that."""
    if chiffre.masque:
        return {"masque": True}
    return {
        "masque": False, "valeur": _nombre(chiffre.valeur), "numerateur": _nombre(chiffre.termes.numerateur),
        "denominateur": _nombre(chiffre.termes.denominateur), "manquants": chiffre.manquants,
        "sans_objet": not chiffre.applicable,
    }  # fmt: skip


def _nombre(valeur: Decimal | None) -> str | None:
    return None if valeur is None else f"{valeur.quantize(Decimal('0.1')):f}"


def _ecart(ici: Decimal | None, partout: Decimal | None) -> str | None:
    return None if ici is None or partout is None else _nombre(ici - partout)


# -- needs ------------------------------------------------------------------------------------


def _besoins(territoire: TerritoireAction, utilisateur: Any, annee: int) -> list[dict[str, Any]]:
    """Return the needs most waited for here. All territories are masked together: a difference tells nothing."""
    gestion = GestionOffre(utilisateur, QueryDict(f"annee={annee}"))
    gestion.masquer = True
    rang = next((n for n, t in enumerate(gestion.territoires) if t.pk == territoire.pk), None)
    if rang is None:
        return []
    lignes: list[dict[str, Any]] = [
        {
            "frein": b.frein.libelle, "offres": b.offres, "ici": _besoin(b.cellules[rang]), "partout": _besoin(b.total),
            "criant": b.cellules[rang].criant, "sans_offre": not b.offres,
        }
        for b in gestion.besoins
        if b.cellules[rang].avec != 0
    ]  # fmt: skip
    return sorted(lignes, key=lambda x: (not x["sans_offre"], -(x["ici"]["sans"] or 0)))[:BESOINS]


def _besoin(besoin: Besoin) -> dict[str, Any]:
    return {"avec": besoin.avec, "sans": besoin.sans, "part": _nombre(besoin.part)}


# -- offers, conventions, fiches ----------------------------------------------------------------


def _offres(territoire: TerritoireAction, annee: int) -> list[OffreInsertion]:
    """Return the published offers delivered in a commune of the territory, or with places told for it."""
    communes = territoire.rattachements.filter(validite__contains=datetime.date(annee, 1, 1)).values("commune")
    ici = Q(lieux__commune__in=communes) | Q(capacites__territoire=territoire, capacites__annee=annee)
    cles = OffreInsertion.objects.publiees().filter(ici).values("pk")
    lues = OffreInsertion.objects.filter(pk__in=cles).prefetch_related("operateurs", "fiches")
    return list(lues.order_by("categorie", "ordre", "pk"))


def _offre(offre: OffreInsertion) -> dict[str, Any]:
    places = f"{compte(offre.places, offre.places_unite or 'place')}" if offre.places else ""
    return {
        "id": offre.pk, "intitule": offre.intitule, "categorie": offre.get_categorie_display(), "places": places,
        "operateurs": ", ".join(str(s) for s in offre.operateurs.all()),
    }  # fmt: skip


def _conventions(offres: list[OffreInsertion], jour: datetime.date) -> list[dict[str, Any]]:
    """Return the conventions in force on these offers, those that end first. Amounts have no territory: none told."""
    lues = Convention.objects.au(jour).filter(offres__in=offres).select_related("operateur").distinct()
    finissant = set(Convention.objects.finissant(jour).filter(pk__in=lues.values("pk")).values_list("pk", flat=True))
    lignes = [
        {"numero": c.numero, "operateur": str(c.operateur), "fin": fin.isoformat(), "finit": c.pk in finissant}
        for c in lues
        if (fin := dernier_jour(c.periode)) is not None
    ]
    return sorted(lignes, key=lambda x: (x["fin"], x["numero"]))[:CONVENTIONS]


def _fiches(offres: list[OffreInsertion], territoire: TerritoireAction, jour: datetime.date) -> list[dict[str, Any]]:
    """Return the fiches with an offer here, that name the territory, or that are late; never a restricted one."""
    programmes = Programme.objects.du_departement().en_vigueur(jour)
    ouvertes = FicheAction.objects.filter(programme__in=programmes, restreinte=False)
    retards = set(ouvertes.en_retard(jour).values_list("pk", flat=True))
    comptes = dict(
        ouvertes.filter(offres__in=[o.pk for o in offres]).values_list("pk").annotate(n=Count("offres", distinct=True))
    )
    lignes = []
    for fiche in ouvertes.order_by("ordre", "pk"):
        citee = any(territoire.nom.lower() in dit.lower() for dit in fiche.territoires)
        raisons = [f"{compte(comptes[fiche.pk], 'offre')} ici"] if fiche.pk in comptes else []
        raisons += ["territoire cité"] if citee else []
        raisons += ["en retard"] if fiche.pk in retards else []
        if raisons:
            etat = STATUTS_FICHE[fiche.statut]
            lignes.append({
                "id": fiche.pk, "numero": fiche.numero, "intitule": fiche.intitule, "statut": etat.libelle,
                "ton": etat.ton, "icone": etat.icone, "pourquoi": ", ".join(raisons),
            })  # fmt: skip
    return lignes


def _propositions(territoire: TerritoireAction, annee: int) -> list[dict[str, Any]]:
    """Return what the territory proposed the year before, and what became of it."""
    lues = Proposition.objects.filter(dialogue__territoire=territoire, dialogue__annee=annee)
    return [
        {
            "id": p.pk, "titre": p.titre, "etat": p.etat, "libelle": p.get_etat_display(), "suite": p.suite,
            "decision": p.decision.texte if p.decision else "", "fiche": str(p.fiche) if p.fiche else "",
            "a_suivre": p.etat in A_SUIVRE,
        }
        for p in lues.select_related("decision", "fiche").order_by("numero")
    ]  # fmt: skip
