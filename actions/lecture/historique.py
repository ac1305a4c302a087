"""What happened to a fiche or to an indicator, from the journal, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from actions.models import Anomalie, Bilan, FicheAction, Indicateur
from pdi.socle.composants import Evenement
from pdi.socle.models import EntreeJournal
from pdi.socle.vocabulaire import verbe_en_clair

ICONES: Mapping[str, str] = {
    "soumettre_bilan": "send",
    "renvoyer_bilan": "arrow-return-left",
    "rouvrir_bilan": "arrow-counterclockwise",
    "valider_bilan": "check-circle",
    "enregistrer_bilan": "pencil",
    "ajouter_note": "chat-left-text",
    "ajouter_piece": "paperclip",
    "retirer_piece": "paperclip",
    "saisir_mesures": "graph-up",
    "retablir_mesure": "graph-up",
    "suivre_fiche": "list-check",
    "repondre_anomalie": "exclamation-triangle",
}
ICONE_PAR_DEFAUT = "pencil-square"
TONS: Mapping[str, str] = {"renvoyer_bilan": "veille", "rouvrir_bilan": "veille", "valider_bilan": "bon"}
EXTRAIT = 240


def du_journal(fiche: FicheAction, bilans: Iterable[int]) -> QuerySet[EntreeJournal]:
    """Return the entries of the fiche, of its indicators and anomalies, and of `bilans` (those the reader may read)."""
    concernes: dict[type[Model], Iterable[int]] = {
        FicheAction: [fiche.pk],
        Bilan: bilans,
        Indicateur: [i.pk for i in fiche.indicateurs.all()],
        Anomalie: [a.pk for a in fiche.anomalies.all()],
    }
    condition = Q(pk__in=[])
    for modele, cles in concernes.items():
        if ids := [str(pk) for pk in cles]:
            condition |= Q(objet_type=modele._meta.label_lower, objet_id__in=ids)
    return EntreeJournal.objects.filter(condition).select_related("par")


def _extrait(texte: str) -> str:
    texte = " ".join(texte.split())
    return texte if len(texte) <= EXTRAIT else texte[: EXTRAIT - 1].rsplit(" ", 1)[0] + "…"


def changements(entree: EntreeJournal) -> list[tuple[str, str, str]]:
    """Return [(field, before, after)] of an entry, in words."""
    champs = [*entree.avant, *(c for c in entree.apres if c not in entree.avant)]

    def dire(valeur: Any) -> str:
        if valeur in (None, "", []):
            return ""
        if isinstance(valeur, bool):
            return "oui" if valeur else "non"
        return " ; ".join(map(str, valeur)) if isinstance(valeur, list) else str(valeur)

    return [(c[:1].upper() + c[1:], dire(entree.avant.get(c)), dire(entree.apres.get(c))) for c in champs]


def _resume(entree: EntreeJournal) -> str:
    if entree.commentaire:
        return f"«\u00a0{_extrait(entree.commentaire)}\u00a0»"
    lignes = changements(entree)
    if not entree.avant and len(lignes) > 1:  # written for the first time: the page itself says what
        return ""
    if len(lignes) == 1:
        champ, avant, apres = lignes[0]
        return _extrait(f"{champ}\u00a0: {apres or 'vidé'}" + (f" (avant\u00a0: {avant})" if avant else ""))
    return _extrait(", ".join(champ for champ, _, _ in lignes)) if lignes else ""


@dataclass(frozen=True)
class LigneJournal:
    """One entry of the full history: what, on what, by whom, and each field before and after."""

    entree: EntreeJournal
    titre: str
    objet: str
    changements: list[tuple[str, str, str]]


def lignes_du_journal(entrees: Iterable[EntreeJournal]) -> list[LigneJournal]:
    """Return the entries with every change, for the page that shows them all."""
    return [
        LigneJournal(
            e,
            verbe_en_clair(e.verbe),
            "" if e.objet_type == FicheAction._meta.label_lower else e.objet_libelle,
            changements(e),
        )
        for e in entrees
    ]


def lignes_a_exporter(entrees: QuerySet[EntreeJournal]) -> Iterator[dict[str, Any]]:
    """Yield one row a field that changed; an entry that changed none has its own row."""
    for entree in entrees.iterator():
        commun = {
            "le": entree.le, "quoi": verbe_en_clair(entree.verbe), "objet": entree.objet_libelle,
            "par": str(entree.par or "l’application"), "commentaire": entree.commentaire,
        }  # fmt: skip
        for champ, avant, apres in changements(entree) or [("", "", "")]:
            yield commun | {"champ": champ, "avant": avant, "apres": apres}


def evenements(entrees: Iterable[EntreeJournal]) -> list[Evenement]:
    """Return the entries as lines of a timeline."""
    lignes = []
    for entree in entrees:
        quoi = verbe_en_clair(entree.verbe)
        if entree.objet_type == Bilan._meta.label_lower:
            annee = entree.objet_libelle.removeprefix("Bilan ").split(" ")[0]
            quoi = quoi.replace("Bilan", f"Bilan {annee}", 1)
        elif entree.objet_type == Indicateur._meta.label_lower:
            quoi = f"{quoi}\u00a0: {entree.objet_libelle}"
        lignes.append(
            Evenement(
                le=timezone.localtime(entree.le).date(),
                titre=f"{quoi} par {entree.par}" if entree.par else quoi,
                texte=_resume(entree),
                icone=ICONES.get(entree.verbe, ICONE_PAR_DEFAUT),
                ton=TONS.get(entree.verbe, ""),
                domaine="" if entree.verbe in TONS else "programme",
            )
        )
    return lignes
