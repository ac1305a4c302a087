"""Making one file of two: everything moves under lock, what cannot be kept is written in full in the trace."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.db.models.deletion import Collector, ProtectedError, RestrictedError

from parcours.droits.doublons import peut_rapprocher
from parcours.models import (
    Adresse,
    AffectationReferent,
    Consultation,
    Contrat,
    Diagnostic,
    DossierRSA,
    EtatContrat,
    Fusion,
    MembreFoyer,
    Orientation,
    Personne,
    PersonnesDistinctes,
    SituationDroitsDevoirs,
)
from parcours.regles.fusion import Periode, morceaux_libres
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import periode
from pdi.socle.operations import journaliser

# Only one at a date: the rows of the file kept win, those of the other keep the days that remain.
PERIODES: tuple[type[models.Model], ...] = (
    Adresse, MembreFoyer, SituationDroitsDevoirs, Orientation, AffectationReferent,
)  # fmt: skip
A_COMPLETER = (
    "nom_usage", "date_naissance", "lieu_naissance", "sexe", "telephone", "courriel", "niveau_formation",
    "inscrit_france_travail", "deces_le",
)  # fmt: skip
HORS_PORTEE = "L’une de ces deux personnes n’est pas dans votre périmètre : demandez à un administrateur."
DEUX_NIR = (
    "Ces deux fiches portent deux numéros de sécurité sociale différents : ce sont deux personnes, ou l’un des deux "
    "est à corriger d’abord."
)


def _paire(une: int, autre: int, par: Any) -> tuple[Any, Any]:
    """Lock both files in the order of their keys, and return them as asked. Raises RegleMetier out of scope."""
    exiger(peut_rapprocher(par))
    visibles = Personne.objects.visibles_par(par).filter(pk__in=(une, autre)).values("pk")
    lues = Personne.objects.filter(pk__in=visibles).select_for_update(of=("self",)).order_by("pk").in_bulk()
    if une == autre or len(lues) != 2:
        raise RegleMetier(HORS_PORTEE)
    return lues[une], lues[autre]


def obstacles(garde: Any, absorbee: Any) -> list[str]:
    """Return, in words, what keeps the two files from being one; empty when nothing does. Reads only."""
    faits = []
    if garde.nir_empreinte and absorbee.nir_empreinte and garde.nir_empreinte != absorbee.nir_empreinte:
        faits.append(DEUX_NIR)
    if garde.deces_le and absorbee.deces_le and garde.deces_le != absorbee.deces_le:
        faits.append("Deux dates de décès différentes sont enregistrées : corrigez l’une des deux d’abord.")
    deux = Q(personne__in=(garde.pk, absorbee.pk))
    if Diagnostic.objects.filter(deux, termine_le__isnull=True).count() > 1:
        faits.append("Un diagnostic est commencé dans chaque fiche : terminez ou abandonnez l’un des deux.")
    if garde.demandes_reorientation.filter(etat="en_attente").exists() and (
        absorbee.demandes_reorientation.filter(etat="en_attente").exists()
    ):
        faits.append("Une demande de réorientation attend dans chaque fiche : décidez de l’une des deux.")
    valides = list(Contrat.objects.filter(deux, etat=EtatContrat.VALIDE).order_by("debut", "pk"))
    faits += [
        f"Deux contrats validés se chevauchent, du {un.debut:%d/%m/%Y} au {un.fin:%d/%m/%Y} et du "
        f"{autre.debut:%d/%m/%Y} au {autre.fin:%d/%m/%Y} : mettez fin à celui qui n’a pas cours."
        for un, autre in combinations(valides, 2)
        if un.personne_id != autre.personne_id and un.debut <= autre.fin and autre.debut <= un.fin
    ]
    return faits


def _bornes(lignes: Iterable[Any]) -> list[Periode]:
    return [(ligne.periode.lower, ligne.periode.upper) for ligne in lignes]


def _en_clair(ligne: models.Model) -> dict[str, Any]:
    (lue,) = serializers.serialize("python", [ligne])
    return {"pk": lue["pk"], **{champ: _dire(valeur) for champ, valeur in lue["fields"].items()}}


def _dire(valeur: Any) -> Any:
    if isinstance(valeur, DateRange):
        return periode(valeur)
    return valeur if isinstance(valeur, str | int | float | bool | type(None)) else str(valeur)


class _Trace:
    """What has been moved and left out so far."""

    def __init__(self) -> None:
        self.deplaces: dict[str, list[int]] = {}
        self.ecartes: dict[str, list[dict[str, Any]]] = {}
        self.retour: dict[str, Any] = {"periodes": [], "nouvelles": [], "effacees": [], "dossiers": [], "liens": {}}

    def deplacee(self, ligne: models.Model) -> None:
        self.deplaces.setdefault(ligne._meta.label_lower, []).append(ligne.pk)

    def ecartee(self, ligne: models.Model) -> None:
        self.ecartes.setdefault(ligne._meta.label_lower, []).append(_en_clair(ligne))


def en_json(ligne: models.Model) -> dict[str, Any]:
    """Return a row as it can be written again, without what the database makes itself."""
    (lue,) = json.loads(serializers.serialize("json", [ligne]))
    for champ in ligne._meta.concrete_fields:
        if champ.generated:
            lue["fields"].pop(champ.name, None)
    return dict(lue)


def _ecarter(ligne: Any, trace: _Trace) -> None:
    """Leave out a row wholly covered, written in the trace. Raises RegleMetier when others depend on it."""
    nom = str(ligne._meta.verbose_name)
    du = f"{nom} du {periode(ligne.periode)}"
    collecteur = Collector(using="default")
    try:
        collecteur.collect([ligne])
    except (ProtectedError, RestrictedError) as erreur:
        raise RegleMetier(
            f"De la fiche qui disparaîtrait, {du} est liée à d’autres écrits : gardez plutôt l’autre fiche."
        ) from erreur
    dependants = [m for m in collecteur.data if m is not type(ligne)]
    dependants += [f.model for f in collecteur.fast_deletes if f.exists()]
    if dependants:
        raise RegleMetier(
            f"De la fiche qui disparaîtrait, {du} porte d’autres écrits et ne peut être ni déplacée ni effacée : "
            "gardez plutôt l’autre fiche."
        )
    trace.ecartee(ligne)
    trace.retour["effacees"].append(en_json(ligne))
    ligne.delete()


def _deplacer_periodes(modele: Any, garde: Any, absorbee: Any, trace: _Trace) -> None:
    """Move the rows of a model that allows one at a date, on the days that the file kept leaves free."""
    occupees = _bornes(modele.objects.filter(personne=garde))
    for ligne in modele.objects.filter(personne=absorbee).order_by("periode"):
        libres = morceaux_libres((ligne.periode.lower, ligne.periode.upper), occupees)
        if not libres:
            _rattacher_dossiers(ligne, garde, trace)
            _ecarter(ligne, trace)
            continue
        if libres != [(ligne.periode.lower, ligne.periode.upper)]:
            trace.ecartee(ligne)  # its period before it was cut
        trace.retour["periodes"].append(en_json(ligne))
        ligne.personne, ligne.periode = garde, DateRange(*libres[0])
        ligne.save(update_fields=["personne", "periode"])
        trace.deplacee(ligne)
        for debut, fin in libres[1:]:
            valeurs = {c.attname: getattr(ligne, c.attname) for c in modele._meta.concrete_fields if not c.primary_key}
            morceau = modele.objects.create(**valeurs | {"periode": DateRange(debut, fin)})
            trace.deplacee(morceau)
            trace.retour["nouvelles"].append([modele._meta.label_lower, morceau.pk])


def _rattacher_dossiers(ligne: Any, garde: Any, trace: _Trace) -> None:
    """Hand the RSA files of a household that loses its only member to the household of the file kept."""
    if not isinstance(ligne, MembreFoyer):
        return
    if MembreFoyer.objects.filter(foyer=ligne.foyer_id).exclude(pk=ligne.pk).exists():
        return
    sien = MembreFoyer.objects.filter(personne=garde, periode__overlap=ligne.periode).first()
    if sien is not None and sien.foyer_id != ligne.foyer_id:
        dossiers = DossierRSA.objects.filter(foyer=ligne.foyer_id)
        trace.retour["dossiers"] += [[pk, ligne.foyer_id] for pk in dossiers.values_list("pk", flat=True)]
        dossiers.update(foyer=sien.foyer_id)


def _deplacer_le_reste(garde: Any, absorbee: Any, trace: _Trace) -> None:
    """Move every other row that names the absorbed file, whatever the application that holds it."""
    for lien in Personne._meta.related_objects:
        modele: Any = lien.related_model
        if modele in (*PERIODES, PersonnesDistinctes):
            continue
        lignes = modele._base_manager.filter(**{lien.field.name: absorbee})
        cles = list(lignes.values_list("pk", flat=True))
        if cles:
            lignes.update(**{lien.field.name: garde})
            trace.deplaces.setdefault(modele._meta.label_lower, []).extend(cles)
            trace.retour["liens"][f"{modele._meta.label_lower}:{lien.field.name}"] = cles


def numeroter(garde: Any) -> None:
    """Count the orientations again, in the order of their periods."""
    for rang, orientation in enumerate(Orientation.objects.filter(personne=garde).order_by("periode"), start=1):
        if orientation.rang != rang:
            Orientation.objects.filter(pk=orientation.pk).update(rang=rang)


def _completer(garde: Any, absorbee: Any) -> dict[str, Any]:
    """Fill what the file kept does not know with what the other does. Return the fields filled, in plain values."""
    completes = {}
    for champ in A_COMPLETER:
        if getattr(garde, champ) in ("", None) and getattr(absorbee, champ) not in ("", None):
            setattr(garde, champ, getattr(absorbee, champ))
            completes[champ] = _dire(getattr(absorbee, champ))
    if not garde.nir_empreinte and absorbee.nir_empreinte:
        garde.nir_chiffre, garde.nir_empreinte = absorbee.nir_chiffre, absorbee.nir_empreinte
        completes["nir"] = "repris"
    contacts = [d for d in (garde.dernier_contact, absorbee.dernier_contact) if d]
    garde.dernier_contact = max(contacts, default=None)
    return completes


@transaction.atomic
def fusionner(*, garde: int, absorbee: int, par: Any, motif: str = "") -> Fusion:
    """Make one file of two: `garde` stays, `absorbee` disappears; both by key. Return the trace.

    Of what exists once at a date (address, household, rights, orientation, référent) the file kept wins, and the other
    fills the days left free; everything else moves. The journal of both stays. Raises DroitInsuffisant; RegleMetier out
    of scope and for each thing that prevents it: nothing is written then.
    """
    reste, part = _paire(garde, absorbee, par)
    if faits := obstacles(reste, part):
        raise RegleMetier(" ".join(faits))
    trace, identite = _Trace(), _en_clair(part)
    identite = {k: v for k, v in identite.items() if k not in ("nir_chiffre", "nir_empreinte", "recherche")}
    try:
        trace.retour |= _avant(reste, part)
        with transaction.atomic():
            for modele in PERIODES:
                _deplacer_periodes(modele, reste, part, trace)
            _deplacer_le_reste(reste, part, trace)
            numeroter(reste)
    except IntegrityError as erreur:
        raise RegleMetier(_dire_contrainte(erreur)) from erreur
    completes = _completer(reste, part)
    trace.retour["presentes"] = lignes_de(reste.pk)
    _fermer(part)
    reste.version += 1
    reste.save()
    fusion = Fusion.objects.create(
        garde=reste, absorbee={**identite, "id": absorbee}, deplaces=trace.deplaces, ecartes=trace.ecartes,
        completes=completes, motif=motif.strip()[:250], par=par,
    )  # fmt: skip
    entree = journaliser(
        par=par, verbe="fusionner_personnes", objet=reste, commentaire=motif.strip(),
        apres={"fiche absorbée": absorbee, "lignes déplacées": sum(map(len, trace.deplaces.values())),
               "lignes écartées": sum(map(len, trace.ecartes.values()))},
    )  # fmt: skip
    fusion.retour = trace.retour | {"journal": entree.pk}
    fusion.save(update_fields=["retour"])
    return fusion


def _avant(reste: Any, part: Any) -> dict[str, Any]:
    """Return what the two files were, as they can be written again; never the NIR, which `reste` holds or has taken."""
    lue = en_json(part)
    for champ in ("nir_chiffre", "nir_empreinte", "recherche"):
        lue["fields"].pop(champ, None)
    paires = PersonnesDistinctes.objects.filter(Q(premiere=part) | Q(seconde=part))
    contact = reste.dernier_contact
    return {
        "absorbee": lue, "paires": [en_json(p) for p in paires], "contact": contact.isoformat() if contact else None,
        "nir": "" if not part.nir_empreinte else "commun" if reste.nir_empreinte else "repris",
    }  # fmt: skip


def lignes_de(personne: int) -> dict[str, list[int]]:
    """Return the keys of every row that names a person, by « model:field »; who only read or merged her left out."""
    lues = {}
    for lien in Personne._meta.related_objects:
        modele: Any = lien.related_model
        if modele not in (Consultation, PersonnesDistinctes, Fusion):
            cles = modele._base_manager.filter(**{lien.field.name: personne}).values_list("pk", flat=True)
            lues[f"{modele._meta.label_lower}:{lien.field.name}"] = sorted(cles)
    return lues


def _fermer(part: Any) -> None:
    """Erase the absorbed file, which nothing names any more but the pairs told apart."""
    for lien in Personne._meta.related_objects:
        modele: Any = lien.related_model
        if modele is PersonnesDistinctes:
            continue
        if modele._base_manager.filter(**{lien.field.name: part.pk}).exists():
            raise RegleMetier("Une ligne nommait encore la fiche qui disparaît : rien n’a été écrit, recommencez.")
    part.delete()


def _dire_contrainte(erreur: IntegrityError) -> str:
    """Return what a constraint refused, in its own words."""
    for lien in Personne._meta.related_objects:
        for regle in lien.related_model._meta.constraints:
            if f'"{regle.name}"' in str(erreur):
                return f"Les deux fiches se contredisent : {regle.violation_error_message}"
    return "Les deux fiches portent des lignes qui ne peuvent pas tenir ensemble : rien n’a été écrit."


@transaction.atomic
def ecarter_doublon(*, une: int, autre: int, par: Any) -> PersonnesDistinctes:
    """Remember that the two files are two people: they leave the queue. Raises DroitInsuffisant, RegleMetier."""
    premiere, seconde = sorted(_paire(une, autre, par), key=lambda p: p.pk)
    paire, creee = PersonnesDistinctes.objects.get_or_create(
        premiere=premiere, seconde=seconde, defaults={"par": par}
    )  # fmt: skip
    if creee:
        journaliser(par=par, verbe="distinguer_personnes", objet=premiere)
    return paire
