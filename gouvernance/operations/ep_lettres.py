"""Writing of the letters of an EP file: merged once, frozen, printed from what was frozen."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gouvernance.droits_ep import acteurs_du_dossier
from gouvernance.models import AvisEP, DecisionEP, DossierEP, GenreLettre, LettreEP, ModeleLettreEP
from gouvernance.regles.ep import DECIDEUR, SECRETARIAT, contradictoire
from gouvernance.regles.lettres_ep import Faits, ecrire, exemple, manques, valeurs
from gouvernance.regles.sanctions_ep import dire
from parcours.documents.courrier import Lettre, expediteur, mettre_en_page
from parcours.lecture_courriers import civilite
from parcours.models import Adresse
from parcours.regles.courriers import SANS_ADRESSE, lignes_adresse
from parcours.regles.delais import Regime
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.formats import INSECABLE, date_longue
from pdi.socle.operations import journaliser
from pdi.territoires.noms import nom_de_la_collectivite

from .ep import verrouiller_dossier
from .ep_decision import mesure_de
from .ep_modeles import modele_en_vigueur

DELEGATION = "pour le président du conseil départemental et par délégation"


def _faits(dossier: DossierEP) -> Faits:
    """Return what letters say of the file."""
    regime = Regime.lire(dossier.regime)
    avis = AvisEP.objects.filter(dossier=dossier).first()
    decision = DecisionEP.objects.filter(dossier=dossier).first()
    seance = ""
    if dossier.seance is not None:
        debut = timezone.localtime(dossier.seance.debut)
        heure = f"{debut.hour}{INSECABLE}h{INSECABLE}{debut:%M}"
        seance = f"le {date_longue(debut.date(), jour=True)} à {heure}"
        seance += f", {dossier.seance.lieu}" if dossier.seance.lieu else ""
    personne = dossier.personne
    return Faits(
        civilite=civilite(personne), nom=personne.nom_usage or personne.nom_naissance,
        theme=dossier.get_theme_display(), faits_le=dossier.faits_le, expose=dossier.expose, seance=seance,
        avis=dire(regime, mesure_de(avis)) if avis else "",
        decision=mesure_de(decision) if decision else None, motifs=decision.motifs if decision else "",
        ecart=decision.ecart if decision else "", decidee_le=decision.decidee_le if decision else None,
        effet_le=decision.effet_le if decision else None, fin=decision.fin if decision else None,
    )  # fmt: skip


def _destinataire(dossier: DossierEP) -> list[str]:
    """Return the lines of the address. Raises RegleMetier when none is known."""
    ici = Adresse.objects.filter(personne=dossier.personne, periode__contains=timezone.localdate())
    adresse = ici.select_related("commune").first()
    qui = f"{civilite(dossier.personne)} {dossier.personne}" if dossier.personne.sexe else str(dossier.personne)
    lignes = (
        lignes_adresse(
            qui, adresse.complement, adresse.lignes, adresse.code_postal, adresse.commune.nom if adresse.commune else ""
        )
        if adresse
        else []
    )
    if not lignes:
        raise RegleMetier(f"Cette lettre ne peut pas être écrite : {SANS_ADRESSE}")
    return lignes


@transaction.atomic
def ecrire_lettre_ep(*, dossier: DossierEP, genre: str, par: Any) -> LettreEP:
    """Write a letter of the procedure and keep its words.

    Raises DroitInsuffisant; RegleMetier: no address, nothing to say yet (no meeting, no decision).
    """
    lu = verrouiller_dossier(dossier)
    if not acteurs_du_dossier(par, lu) & {SECRETARIAT, DECIDEUR}:
        exiger(non("Les lettres de la procédure s’écrivent par le secrétariat de l’équipe et par qui décide."))
    decidee = DecisionEP.objects.filter(dossier=lu).exists()
    manquants = manques(genre, intention=contradictoire(lu.theme), seance=lu.seance_id is not None, decision=decidee)
    if manquants:
        raise RegleMetier(" ".join(manquants))
    modele = modele_en_vigueur(genre, timezone.localdate())
    objet, paragraphes = ecrire(genre, modele.objet, modele.corps, valeurs(Regime.lire(lu.regime), _faits(lu)))
    signataire, fonction = _signature(lu, genre, par)
    contenu = _lettre(
        objet, paragraphes, signataire, fonction, destinataire=_destinataire(lu), fictive=lu.personne.fictive
    ).contenu
    lettre = LettreEP.objects.create(dossier=lu, genre=genre, modele=modele, contenu=contenu, par=par)
    journaliser(
        par=par, verbe="ecrire_lettre_ep", objet=lu,
        apres={"lettre": lettre.get_genre_display(), "modèle": modele.version},
    )  # fmt: skip
    return lettre


def _signature(dossier: DossierEP, genre: str, par: Any) -> tuple[str, str]:
    """Return (name, quality) of who signs: the decision is signed by who took it, whoever writes the letter."""
    decision = DecisionEP.objects.select_related("par").filter(dossier=dossier).first()
    if genre != GenreLettre.DECISION or decision is None:
        return str(par), par.fonction
    return str(decision.par), ", ".join(m for m in (decision.par.fonction, DELEGATION) if m)


def _lettre(
    objet: str, paragraphes: list[str], signataire: str, fonction: str, *, destinataire: list[str], fictive: bool
) -> Lettre:
    return Lettre(
        expediteur=expediteur(nom_de_la_collectivite(settings.DEPARTEMENT_CODE), None), destinataire=destinataire,
        date=timezone.localdate().isoformat(), objet=objet, paragraphes=paragraphes, signataire=signataire,
        fonction=fonction, fictive=fictive,
    )  # fmt: skip


def imprimer_apercu(modele: ModeleLettreEP, regime: Regime, par: Any) -> bytes:
    """Return the PDF of a model, as it would be written about an invented file under a regime."""
    lues = valeurs(regime, exemple(regime, timezone.localdate()))
    objet, paragraphes = ecrire(modele.genre, modele.objet, modele.corps, lues)
    fausse = ["Madame Jeanne EXEMPLE", "1 rue du Modèle", "91000 ÉVRY-COURCOURONNES"]
    lettre = _lettre(objet, paragraphes, str(par), par.fonction, destinataire=fausse, fictive=True)
    mise = mettre_en_page({modele.pk: lettre}, date=timezone.now())
    return mise.octets([modele.pk], f"modele-lettre-ep-{modele.pk}")


def imprimer_lettre(lettre: LettreEP) -> bytes:
    """Return the PDF of a letter: of the same frozen words, the same bytes."""
    mise = mettre_en_page({lettre.pk: Lettre.lire(lettre.contenu)}, date=lettre.le)
    return mise.octets([lettre.pk], f"lettre-ep-{lettre.pk}")
