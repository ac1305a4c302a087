"""Lines of the life of a programme: who reads it reads its signatures and its timeline, managers write; the public page
is for all."""

from __future__ import annotations

from typing import Any

from actions.models import Programme

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """The public page is online; the signatory of the programme is the one of the partenaire."""
    Programme.objects.filter(pk=m.programme.pk).update(en_ligne=True)
    m.signature_du_pacte = m.programme.signataires.get(structure=m.signataire)


def code(m: Any) -> dict[str, Any]:
    return {"code": m.programme.code}


def signature(m: Any) -> dict[str, Any]:
    return {"pk": m.signature_du_pacte.pk}


MATRICE = [
    Ligne("gouvernance:vie", statuts(200), objet=code, ouvert="qui lit le programme en lit la vie"),
    Ligne("gouvernance:vie_export", statuts(200), objet=code, ouvert="qui lit le programme en exporte la vie"),
    Ligne("gouvernance:pacte_basculer", statuts(403, gestion=200), objet=code),
    Ligne("gouvernance:signature_enregistrer", statuts(403, gestion=200), objet=signature),
    Ligne(
        "gouvernance:signature_enregistrer", statuts(403, gestion=302), objet=signature, methode="POST",
        donnees=lambda _m: {"etat": "attendue", "version": "1"},
    ),
    Ligne("gouvernance:signature_preuve", statuts(404, prestataire=403), objet=signature, cas="sans page signée"),
    Ligne("gouvernance:pacte_public", statuts(200, anonyme=200), ouvert="la page du pacte est en ligne"),
    Ligne("gouvernance:pacte_rapport", statuts(404, anonyme=404), objet=lambda _m: {"annee": 2019}),
]  # fmt: skip
