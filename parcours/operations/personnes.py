"""People: creation after a look for duplicates, identity, contacts, death."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from parcours.doublons import Candidat, candidats, identite_de
from parcours.droits import peut_suivre
from parcours.droits.identite import peut_creer_personne, peut_modifier_identite
from parcours.models import Motif, NatureMotif, Personne, PersonnesDistinctes
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.structures.regles import cle_nom
from pdi.territoires.models import CommuneTerritoire

from .adresses import SaisieAdresse, installer
from .identite import chiffrer_nir, empreinte_nir, enregistrer_nir

IDENTITE = (
    "nom_naissance", "nom_usage", "prenoms", "date_naissance", "lieu_naissance", "sexe", "niveau_formation",
    "inscrit_france_travail",
)  # fmt: skip
# What the questionnaire says too: one truth, with the day it was said.
DITS_PAR_LE_DIAGNOSTIC = ("niveau_formation", "inscrit_france_travail")
CONTACTS = ("telephone", "courriel", "canal")
MODIFIEE = "Quelqu’un a modifié cette fiche pendant votre saisie : rechargez la page pour voir ce qui a changé."


class DoublonsPossibles(RegleMetier):
    """Somebody known may be this person: the author looks, then says that it is someone else."""

    def __init__(self, trouves: list[Candidat]) -> None:
        """Keep who was found."""
        super().__init__("Cette personne est peut-être déjà connue : regardez avant de créer un second dossier.")
        self.candidats = trouves


def _verrouiller_nom(nom: str) -> None:
    """Make two simultaneous creations of one name wait for each other, until the end of the transaction."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"personne {cle_nom(nom)}"])


def _verifier_dates(valeurs: Mapping[str, Any]) -> None:
    naissance = valeurs.get("date_naissance")
    if naissance is not None and naissance > timezone.localdate():
        raise RegleMetier("La date de naissance est dans l’avenir.", champ="date_naissance")


def _hors_perimetre(adresse: SaisieAdresse | None, par: Any) -> str:
    """Return why the author would not find this person again, which territory she belongs to, and what to do."""
    jour = timezone.localdate()
    siens = sorted({h.territoire.nom for h in par.habilitations_actives if h.territoire is not None})
    portee = f" Vous suivez {', '.join(siens)}." if siens else ""
    if adresse is None or adresse.commune is None:
        return f"Sans commune, vous ne retrouveriez pas cette personne\u00a0: indiquez où elle habite.{portee}"
    ici = CommuneTerritoire.objects.filter(commune=adresse.commune, validite__contains=jour)
    nom = ici.values_list("territoire__nom", flat=True).first() or "un autre département"
    return (
        f"{adresse.commune.nom} relève de {nom}\u00a0: vous ne retrouveriez pas cette personne.{portee} "
        "Passez le dossier à un agent de ce territoire."
    )


@sensitive_variables("nir")
@transaction.atomic
def creer_personne(
    *,
    valeurs: Mapping[str, Any],
    par: Any,
    nir: str = "",
    adresse: SaisieAdresse | None = None,
    distinctes: Collection[int] = (),
) -> Personne:
    """Open a file for someone new. `valeurs`: fields of IDENTITE and CONTACTS; `distinctes`: keys looked at, not her.

    Raises DroitInsuffisant; DoublonsPossibles; RegleMetier on a date, an invalid NIR, an address out of scope.
    """
    exiger(peut_creer_personne(par))
    personne = _nouvelle(valeurs, par=par, nir=nir, distinctes=distinctes)
    if adresse is not None:
        installer(personne=personne, saisie=adresse)
    visible = Personne.objects.visibles_par(par).filter(pk=personne.pk).exists()
    if not visible and not par.a_role(Role.ADMINISTRATEUR):
        raise RegleMetier(_hors_perimetre(adresse, par), champ="commune")
    return personne


@sensitive_variables("nir")
def _nouvelle(valeurs: Mapping[str, Any], *, par: Any, nir: str, distinctes: Collection[int]) -> Personne:
    """Write the row once nobody known is she. The verdict is the caller's."""
    _verifier_dates(valeurs)
    _verrouiller_nom(valeurs["nom_naissance"])
    personne = Personne(**valeurs)
    if any(valeurs.get(c) not in ("", None) for c in DITS_PAR_LE_DIAGNOSTIC):
        personne.situation_dite_le = timezone.localdate()
    empreinte = ""
    if nir.strip():
        personne.nir_chiffre, personne.nir_empreinte = chiffrer_nir(nir)
        empreinte = empreinte_nir(nir)
    trouves = candidats(identite_de(personne), utilisateur=par, empreinte=empreinte, sauf=distinctes)
    if trouves:
        raise DoublonsPossibles(trouves)
    enregistrer(personne)
    PersonnesDistinctes.objects.bulk_create(
        [
            PersonnesDistinctes(premiere_id=cle, seconde=personne, par=par)
            for cle in Personne.objects.filter(pk__in=distinctes).values_list("pk", flat=True)
        ]
    )
    journaliser(
        par=par, verbe="creer_personne", objet=personne,
        commentaire=f"{len(distinctes)} personne(s) ressemblante(s) écartée(s)." if distinctes else "",
    )  # fmt: skip
    return personne


@transaction.atomic
def creer_membre(*, valeurs: Mapping[str, Any], autour_de: Personne, par: Any, distinctes: Collection[int]) -> Personne:
    """Open a file for a member of the household of `autour_de`, whom the author follows. Raises as `creer_personne`."""
    exiger(peut_modifier_identite(par, Personne(pk=autour_de.pk)))
    return _nouvelle({"fictive": autour_de.fictive, **valeurs}, par=par, nir="", distinctes=distinctes)


def _modifier(personne: Personne, valeurs: Mapping[str, Any], version: int | None, par: Any, verbe: str) -> Personne:
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    lue = Personne.objects.select_for_update(of=("self",)).get(pk=personne.pk)
    if version is not None and version != lue.version:
        raise RegleMetier(MODIFIEE)
    _verifier_dates(valeurs)
    avant = etat_de(lue, valeurs)
    if any(getattr(lue, c) != valeurs[c] for c in DITS_PAR_LE_DIAGNOSTIC if c in valeurs):
        lue.situation_dite_le = timezone.localdate()
    for champ, valeur in valeurs.items():
        setattr(lue, champ, valeur)
    lue.version += 1
    enregistrer(lue)
    journaliser(par=par, verbe=verbe, objet=lue, avant=avant, apres=etat_de(lue, valeurs))
    return lue


@sensitive_variables("nir")
@transaction.atomic
def modifier_identite(
    *, personne: Personne, valeurs: Mapping[str, Any], par: Any, nir: str = "", version: int | None = None
) -> Personne:
    """Correct the identity; a NIR is recorded only when one is given. `version`: the one the author read.

    Raises DroitInsuffisant, and RegleMetier (date, NIR, someone else's change meanwhile).
    """
    lue = _modifier(personne, valeurs, version, par, "modifier_identite")
    return enregistrer_nir(personne=lue, nir=nir, par=par) if nir.strip() else lue


@transaction.atomic
def modifier_contacts(*, personne: Personne, valeurs: Mapping[str, Any], par: Any) -> Personne:
    """Change how the person is reached. Raises DroitInsuffisant, RegleMetier."""
    return _modifier(personne, valeurs, None, par, "modifier_contacts")


@transaction.atomic
def declarer_deces(*, personne: Personne, le: datetime.date | None, par: Any) -> Personne:
    """Record the day of death (None: recorded by mistake); the follow-up by the référent ends that day.

    Raises DroitInsuffisant, and RegleMetier for a date in the future or before birth.
    """
    exiger(peut_suivre(par, Personne(pk=personne.pk)))
    if le is not None and le > timezone.localdate():
        raise RegleMetier("Un décès ne se date pas dans l’avenir.", champ="le")
    lue = _modifier(personne, {"deces_le": le}, None, par, "declarer_deces")
    if le is not None:
        motif = Motif.objects.filter(nature=NatureMotif.FIN_REFERENT, code="deces").first()
        lendemain = le + datetime.timedelta(days=1)
        lue.affectations.filter(periode__startswith__gt=le).delete()
        for suivi in lue.affectations.filter(periode__contains=le):
            suivi.periode, suivi.motif_fin = DateRange(suivi.periode.lower, lendemain), motif
            suivi.save(update_fields=["periode", "motif_fin"])
    return lue


@transaction.atomic
def distinguer(*, personne: Personne, autre: Personne, par: Any) -> PersonnesDistinctes:
    """Remember that two people who look alike are two: they are never proposed for one another again."""
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    premiere, seconde = sorted((personne, autre), key=lambda p: p.pk)
    paire, creee = PersonnesDistinctes.objects.get_or_create(
        premiere=premiere, seconde=seconde, defaults={"par": par}
    )  # fmt: skip
    if creee:
        journaliser(par=par, verbe="distinguer_personnes", objet=personne)
    return paire
