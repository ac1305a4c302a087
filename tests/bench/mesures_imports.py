"""Import of 20 000 people of 12 columns: read and checked, then written.

Baselines of the same run: COPY of the same cells, as a CSV file, into a bare table of text columns.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator

import xlsxwriter
from django.core.files.base import ContentFile
from django.db import connection, transaction

from parcours.models import Personne
from pdi.comptes.models import Utilisateur
from pdi.socle.chiffrement import chiffrer_octets
from pdi.socle.imports import application, operations
from pdi.socle.models import LotImport

from .mesures_parcours import _peupler
from .registre import mesure

Action = Callable[[], object]
LIGNES = 20_000
ENTETES = ("Nom", "Nom d’usage", "Prénoms", "Né le", "Sexe", "Téléphone", "Courriel", "Adresse", "Code postal", "Ville",
           "Niveau de formation", "Inscrit à France Travail")  # fmt: skip


def _rangees() -> Iterator[tuple[str, ...]]:
    for n in range(LIGNES):
        jour = datetime.date(1950, 1, 1) + datetime.timedelta(days=n % 18_000)
        yield (f"BANC{n}", "", f"Prénom{n % 900} Marie", f"{jour:%d/%m/%Y}", "F" if n % 2 else "H", f"06{n:08d}",
               f"banc{n}@exemple.fr", f"{n % 90} rue du Banc", "91000", "Évry-Courcouronnes", "CAP", "oui")  # fmt: skip


def _classeur() -> bytes:
    tampon = io.BytesIO()
    classeur = xlsxwriter.Workbook(tampon, {"constant_memory": True})
    feuille = classeur.add_worksheet()
    for y, rangee in enumerate((ENTETES, *_rangees())):
        for x, valeur in enumerate(rangee):
            feuille.write_string(y, x, valeur)
    classeur.close()
    return tampon.getvalue()


def _lire(contenu: bytes, par: Utilisateur) -> LotImport:
    lot = LotImport(genre="personnes", nom_fichier="banc.xlsx", taille=len(contenu), empreinte="0" * 64, depose_par=par)
    lot.fichier.save("lot", ContentFile(chiffrer_octets(contenu)))
    with transaction.atomic():
        operations.lire(operations.verrouiller(lot.pk))
        lue = operations.verrouiller(lot.pk)
        operations.controler(lue, par=par)
    return lue


def _copie_nue() -> None:
    lignes = "\n".join("\t".join(r) for r in _rangees())
    with connection.cursor() as curseur:
        colonnes = ", ".join(f"c{n} text" for n in range(len(ENTETES)))
        curseur.execute(f"CREATE TEMP TABLE banc_nu ({colonnes})")
        with curseur.copy("COPY banc_nu FROM STDIN") as copie:
            copie.write(lignes)
        curseur.execute("DROP TABLE banc_nu")


def _administrateur() -> Utilisateur:
    return Utilisateur.objects.filter(courriel="banc@exemple.fr").first() or Utilisateur.objects.create_superuser(
        "banc@exemple.fr", "sans-importance"
    )


@mesure("import_controle", taille=LIGNES, reference="copie_nue")
def import_controle() -> Iterator[Action]:
    """Read the workbook and check every row against 50 000 people."""
    _peupler(50_000)
    contenu, par = _classeur(), _administrateur()
    yield lambda: _lire(contenu, par)
    yield _copie_nue
    LotImport.objects.all().delete()


@mesure("import_ecriture", taille=LIGNES, reference="copie_nue", tours=1)
def import_ecriture() -> Iterator[Action]:
    """Check again under lock, then write 20 000 new people, their addresses and their journal."""
    _peupler(50_000)
    par = _administrateur()
    from pdi.comptes.models import Habilitation, Role

    Habilitation.objects.get_or_create(
        utilisateur=par, role=Role.ADMINISTRATEUR, defaults={"periode": (datetime.date(2020, 1, 1), None)}
    )
    lot = _lire(_classeur(), par)
    yield lambda: application.importer(lot_id=lot.pk, attendues=lot.pretes, par=par)
    yield _copie_nue
    Personne.objects.filter(nom_naissance__startswith="BANC").delete()
    LotImport.objects.all().delete()
