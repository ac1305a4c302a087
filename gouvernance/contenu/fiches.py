"""The section of one fiche-action."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils import timezone

from actions.figures import PointAnnuel
from actions.models import (
    Anomalie,
    Bilan,
    CauseEcart,
    Etape,
    EtatBilan,
    EtatEtape,
    FicheAction,
    Financement,
    Indicateur,
    TypeRole,
)
from actions.regles.anomalies import Constat
from actions.regles.indicateurs import juger
from pdi.socle.formats import date_longue, typographier, valeur_unite

from .exercice import constat_de_l_exercice, en_retard, etapes_de_l_exercice, etat_a_la_fin
from .formes import (
    AnomalieFiche,
    BilanFiche,
    Financeur,
    LigneEtape,
    LigneFinancement,
    LigneIndicateur,
    Montants,
    Nombre,
    Objectif,
    Point,
    SectionFiche,
)
from .lecture import Matiere, decimal_texte

PARTENAIRES = (
    TypeRole.PARTENAIRE_INTERNE,
    TypeRole.PARTENAIRE_EXTERNE,
    TypeRole.MISE_EN_OEUVRE_INTERNE,
    TypeRole.MISE_EN_OEUVRE_EXTERNE,
)
MESURES_POUR_UNE_COURBE = 3


def _iso(jour: datetime.date | None) -> str | None:
    return jour.isoformat() if jour else None


def _textes(lignes: list[str]) -> list[str]:
    return [typographier(ligne) for ligne in lignes]


def section(matiere: Matiere, fiche: FicheAction) -> SectionFiche:
    """Return the section of `fiche`, from rows already read."""
    etapes = etapes_de_l_exercice(matiere.etapes.get(fiche.pk, []), matiere.annee)
    suivies = [e for e in etapes if e.etat != EtatEtape.ABANDONNEE]
    bilan = matiere.bilans.get(fiche.pk)
    indicateurs = [ligne_indicateur(matiere, i, bilan) for i in matiere.indicateurs.get(fiche.pk, [])]
    lignes = [_financement(f, matiere.annee) for f in matiere.financements.get(fiche.pk, [])]
    axe = next((a.numero for a in matiere.axes if a.pk == fiche.axe_id), "")
    return SectionFiche(
        id=fiche.pk,
        numero=fiche.numero,
        intitule=typographier(fiche.intitule),
        axe=axe,
        statut=fiche.statut,
        statut_libelle=fiche.get_statut_display(),
        statut_motif=typographier(fiche.statut_motif),
        libelles=matiere.libelles,
        contexte=typographier(fiche.contexte),
        objectifs_generaux=_textes(fiche.objectifs_generaux),
        publics=_textes(fiche.publics),
        calendrier=typographier(fiche.calendrier_texte),
        cadres=matiere.cadres.get(fiche.pk, []),
        pilotes=_acteurs(matiere, fiche, TypeRole.PILOTE),
        copilotes=_acteurs(matiere, fiche, TypeRole.COPILOTE),
        partenaires=_acteurs(matiere, fiche, *PARTENAIRES),
        objectifs=_objectifs(matiere, fiche, etapes),
        etapes_faites=sum(etat_a_la_fin(e, matiere.annee) == EtatEtape.REALISEE for e in suivies),
        etapes_total=len(suivies),
        avancement=round(sum(e.avancement for e in suivies) / len(suivies)) if suivies else None,
        resultats=[
            typographier(r.libelle) + (f" : {valeur_unite(r.valeur, r.unite)}" if r.valeur is not None else "")
            for r in matiere.resultats.get(fiche.pk, [])
        ],
        indicateurs=indicateurs,
        phare=_phare(indicateurs),
        financements=lignes,
        financeurs=resumer_financeurs(lignes, matiere.annee),
        montants=additionner(lignes, matiere.annee),
        cout_total=decimal_texte(fiche.cout_total),
        cout_commentaire=typographier(fiche.cout_commentaire),
        bilan=_bilan(bilan) if bilan else None,
        anomalies=_anomalies(matiere, fiche, etapes),
    )


def total(montants: Iterable[Nombre]) -> Nombre:
    """Return the sum of the known amounts, None when none is known."""
    connus = [Decimal(m) for m in montants if m is not None]
    return decimal_texte(sum(connus, Decimal(0))) if connus else None


def additionner(lignes: Iterable[LigneFinancement], annee: int) -> Montants:
    """Add up funding rows: those of the year, then all of them."""
    toutes = list(lignes)
    de_l_annee = [ligne for ligne in toutes if ligne["annee"] == annee]
    return Montants(
        prevu=total(ligne["prevu"] for ligne in de_l_annee),
        realise=total(ligne["realise"] for ligne in de_l_annee),
        prevu_total=total(ligne["prevu"] for ligne in toutes),
        realise_total=total(ligne["realise"] for ligne in toutes),
    )


def resumer_financeurs(lignes: list[LigneFinancement], annee: int) -> list[Financeur]:
    """Return what each funder plans and pays, in the order of the rows."""
    par_financeur: dict[str, list[LigneFinancement]] = {}
    for ligne in lignes:
        par_financeur.setdefault(ligne["financeur"], []).append(ligne)
    return [
        Financeur(
            financeur=nom,
            commentaire=" ; ".join(dict.fromkeys(x["commentaire"] for x in siennes if x["commentaire"])),
            **additionner(siennes, annee),
        )
        for nom, siennes in par_financeur.items()
    ]


def _acteurs(matiere: Matiere, fiche: FicheAction, *types: str) -> list[str]:
    """Return the structures that hold one of `types`, each once. Names of people never reach the report."""
    vus: dict[int, str] = {}
    for role in matiere.roles.get(fiche.pk, []):
        if role.type in types:
            vus.setdefault(role.structure_id, typographier(role.libelle or str(role.structure)))
    return list(vus.values())


def _objectifs(matiere: Matiere, fiche: FicheAction, etapes: list[Etape]) -> list[Objectif]:
    objectifs = [
        Objectif(
            numero=o.numero,
            intitule=typographier(o.intitule),
            etapes=[_etape(matiere, e) for e in etapes if e.objectif_id == o.pk],
        )
        for o in matiere.objectifs.get(fiche.pk, [])
    ]
    libres = [_etape(matiere, e) for e in etapes if e.objectif_id is None]
    if libres:
        objectifs.append(Objectif(numero=None, intitule="", etapes=libres))
    return objectifs


def _etape(matiere: Matiere, etape: Etape) -> LigneEtape:
    etat = etat_a_la_fin(etape, matiere.annee)
    return LigneEtape(
        intitule=typographier(etape.intitule),
        details=_textes(etape.details),
        etat=etat.value,
        etat_libelle=str(etat.label),
        avancement=etape.avancement,
        echeance=_iso(etape.echeance),
        realisee_le=_iso(etape.realisee_le) if etat == EtatEtape.REALISEE else None,
        retard=en_retard(etape, matiere.annee, timezone.localdate()),
        commentaire=typographier(etape.commentaire),
    )


def ligne_indicateur(matiere: Matiere, indicateur: Indicateur, bilan: Bilan | None) -> LigneIndicateur:
    """Return one indicator over the years. The figure frozen with the bilan prevails; a recount is shown beside."""
    annuels = matiere.points.get(indicateur.pk, {})
    points = [_point(annee, annuels) for annee in matiere.annees]
    actuel = annuels.get(matiere.annee)
    ecart = decimal_texte(actuel.ecart) if actuel else None
    ton = actuel.ton if actuel else "neutre"
    recompte = None
    gele = matiere.chiffres.get((bilan.pk, indicateur.pk)) if bilan else None
    dernier = points[-1]
    if gele and (gele.valeur is not None or gele.texte):
        if gele.valeur is not None and (actuel is None or actuel.valeur != gele.valeur):
            recompte = decimal_texte(actuel.valeur) if actuel else None
            dernier["numerateur"] = decimal_texte(gele.numerateur)
            dernier["denominateur"] = decimal_texte(gele.denominateur)
            difference, _, ton = juger(gele.valeur, actuel.cible if actuel else gele.cible, indicateur.sens)
            ecart = decimal_texte(difference)
        dernier["valeur"] = decimal_texte(gele.valeur)
        dernier["texte"] = typographier(gele.texte)
    explication = matiere.explications.get((bilan.pk, indicateur.pk)) if bilan else None
    return LigneIndicateur(
        id=indicateur.pk,
        libelle=typographier(indicateur.libelle),
        groupe=typographier(indicateur.groupe),
        nature=indicateur.get_nature_display(),
        unite=indicateur.unite,
        sens=indicateur.sens,
        points=points,
        cible=dernier["cible"],
        ecart=ecart,
        ton=ton if dernier["valeur"] is not None else "neutre",
        evolution=_evolution(indicateur, points),
        recompte=recompte,
        explication=typographier(explication.texte) if explication else "",
        causes=[CauseEcart(c).label for c in explication.causes] if explication else [],
    )


def _point(annee: int, annuels: Mapping[int, PointAnnuel]) -> Point:
    p = annuels.get(annee)
    if p is None:
        return Point(annee=annee, valeur=None, texte="", numerateur=None, denominateur=None, cible=None, partiel=False)
    return Point(
        annee=annee,
        valeur=decimal_texte(p.valeur),
        texte=typographier(p.texte),
        numerateur=decimal_texte(p.numerateur),
        denominateur=decimal_texte(p.denominateur),
        cible=decimal_texte(p.cible),
        partiel=p.partiel,
    )


def _evolution(indicateur: Indicateur, points: list[Point]) -> str:
    """Return the way the figure went since the year before: hausse, baisse, stable, or nothing to compare."""
    avant, maintenant = points[-2]["valeur"], points[-1]["valeur"]
    if avant is None or maintenant is None or not indicateur.chiffrable:
        return ""
    difference = Decimal(maintenant) - Decimal(avant)
    return "hausse" if difference > 0 else "baisse" if difference < 0 else "stable"


def _phare(indicateurs: list[LigneIndicateur]) -> int | None:
    """Return the indicator worth a curve: the first with a target and three measured years, else without target."""
    candidats = [
        i
        for i in indicateurs
        if i["unite"] != "texte" and sum(p["valeur"] is not None for p in i["points"]) >= MESURES_POUR_UNE_COURBE
    ]
    avec_cible = [i for i in candidats if i["cible"] is not None]
    choix = avec_cible or candidats
    return choix[0]["id"] if choix else None


def _financement(financement: Financement, annee: int) -> LigneFinancement:
    connu = financement.annee is None or financement.annee <= annee
    return LigneFinancement(
        financeur=typographier(financement.libelle or str(financement.financeur)),
        annee=financement.annee,
        prevu=decimal_texte(financement.prevu),
        realise=decimal_texte(financement.realise) if connu else None,
        commentaire=typographier(financement.commentaire),
    )


def _bilan(bilan: Bilan) -> BilanFiche:
    """Return the words of a submitted or validated bilan; a draft is only said to be one."""
    rendu, version = bilan.etat in {EtatBilan.SOUMIS, EtatBilan.VALIDE}, bilan.version_fiche
    return BilanFiche(
        etat=bilan.etat,
        etat_libelle=bilan.get_etat_display(),
        realisations=typographier(bilan.realisations) if rendu else "",
        perspectives=typographier(bilan.perspectives) if rendu else "",
        changement=typographier(bilan.changement_propose) if rendu and bilan.evolution_proposee else "",
        valide_le=_iso(timezone.localdate(bilan.valide_le)) if bilan.valide_le else None,
        version_fiche=f"{version} de la fiche, en vigueur depuis le {date_longue(version.effet)}" if version else "",
    )


def _anomalies(matiere: Matiere, fiche: FicheAction, etapes: list[Etape]) -> list[AnomalieFiche]:
    jour = timezone.localdate()
    constats = (
        (a, constat_de_l_exercice(a, fiche.statut, etapes, matiere.annee, jour))
        for a in matiere.anomalies.get(fiche.pk, [])
    )
    return [_anomalie(fiche, a, constat) for a, constat in constats if constat is not None]


def _anomalie(fiche: FicheAction, anomalie: Anomalie, constat: Constat) -> AnomalieFiche:
    return AnomalieFiche(
        fiche=fiche.numero,
        fiche_id=fiche.pk,
        titre=typographier(constat.titre),
        constat=typographier(constat.constat),
        pese=[{"libelle": typographier(libelle), "valeur": typographier(valeur)} for libelle, valeur in constat.pese],
        source=anomalie.source,
        etat=anomalie.etat,
        etat_libelle=anomalie.get_etat_display(),
        reponse=typographier(anomalie.reponse),
    )
