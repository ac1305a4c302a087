"""Import of conventions, and of their amounts. A signed convention is not rewritten: an avenant changes it."""

from __future__ import annotations

from decimal import Decimal

from offre.droits import peut_importer_offre
from offre.models import Convention, EtatConvention, MontantConvention
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import RESSEMBLANCE, Comparaison, Travail, cle_sql
from pdi.socle.imports.declarations import Champ, Genre, Reference

from .commun import inserer, modifier, structure, transitions

_ETATS = (EtatConvention.PROJET, EtatConvention.SIGNEE)
CHAMPS = (
    Champ("numero_convention", "N°", requis=True, longueur=40, exemple="2026-INS-014",
          synonymes=("numéro", "convention", "numéro de convention")),
    Champ("intitule", "Intitulé", requis=True, longueur=200, synonymes=("objet", "titre")),
    structure("operateur", "Opérateur", requis=True, synonymes=("structure", "bénéficiaire"), exemple="Mission locale"),
    Champ("debut", "Début", "date", requis=True, synonymes=("date de début", "du"), exemple="01/01/2026"),
    Champ("fin", "Fin", "date", requis=True, synonymes=("date de fin", "au"), exemple="31/12/2026",
          aide="Dernier jour compris."),
    Champ("signee_le", "Signée le", "date", passe=True, synonymes=("date de signature", "signature")),
    Champ("statut", "État", "choix", choix={str(e): e.label for e in _ETATS}, synonymes=("statut",),
          aide="Vide : signée quand la date de signature est donnée, sinon en projet."),
    Champ("alerte_jours", "Alerte avant la fin (jours)", "entier", minimum=Decimal(0), maximum=Decimal(730)),
    Champ("offres", "Offres", lignes=True, longueur=500, synonymes=("offres concernées",), exemple="2.6 ; 2.7",
          aide="Numéros séparés par des points-virgules. Une offre nommée est ajoutée, jamais retirée."),
)  # fmt: skip
SIMPLES = ("intitule", "signee_le", "alerte_jours")
_OFFRES = "regexp_split_to_table(t.offres, '[;\\n]+') AS f(mot)"
_PROCHE = (
    "SELECT y.numero FROM offre_offreinsertion y WHERE y.numero <> '' AND y.etat <> 'archivee' "
    f"AND similarity(y.numero, btrim(f.mot)) >= {RESSEMBLANCE} ORDER BY similarity(y.numero, btrim(f.mot)) DESC, "
    "y.numero LIMIT 1"  # nosec B608
)
_LIEN = "JOIN offre_offreinsertion x ON x.numero = btrim(f.mot) AND x.etat <> 'archivee' AND btrim(f.mot) <> ''"


def controler(travail: Travail) -> None:
    """Find the convention by its number, check dates, signature and offers, compare."""
    t = travail.table
    travail.executer(f"ALTER TABLE {t} ADD COLUMN vers text")
    travail.executer(
        f"UPDATE {t} t SET vers = coalesce(t.statut, CASE WHEN t.signee_le IS NULL THEN 'projet' ELSE 'signee' END), "
        f"cible = (SELECT min(c.id) FROM offre_convention c WHERE {cle_sql('c.numero')} = t.numero_convention_cle)"  # nosec B608
    )
    cible = "LEFT JOIN offre_convention c ON c.id = t.cible"
    travail.signaler(
        code="dates_en_desordre", colonne="fin", valeur="to_char(t.fin, 'DD/MM/YYYY')",
        message="'La convention finit avant de commencer.'",
        attendu="'le ' || to_char(t.debut, 'DD/MM/YYYY') || ' ou après'", ou="t.fin < t.debut",
    )  # fmt: skip
    travail.signaler(
        code="date_manquante", colonne="signee_le", message="'Une convention signée porte sa date de signature.'",
        attendu="'une date'", jointure=cible, ou="t.vers = 'signee' AND coalesce(t.signee_le, c.signee_le) IS NULL",
    )  # fmt: skip
    travail.signaler(
        code="convention_resiliee", colonne="numero_convention", valeur="t.numero_convention",
        message="'Cette convention est résiliée.'", attendu="'un autre numéro'", jointure=cible,
        ou="c.etat = 'resiliee'",
    )  # fmt: skip
    travail.signaler(
        code="offre_inconnue", colonne="offres", valeur="t.offres",
        jointure=f"CROSS JOIN LATERAL {_OFFRES} LEFT {_LIEN}",
        message="'Aucune offre ne porte le numéro « ' || btrim(f.mot) || ' ».' || coalesce(' Vouliez-vous dire « ' || "
        f"({_PROCHE}) || ' » ?', '')", attendu="'des numéros du catalogue'",
        ou="x.id IS NULL AND btrim(f.mot) <> ''",
    )  # fmt: skip
    _comparer(travail)


def _comparer(travail: Travail) -> None:
    lies = "SELECT l.offreinsertion_id FROM offre_convention_offres l WHERE l.convention_id = c.id"
    travail.differences(
        "offre_convention c JOIN structures_structure s ON s.id = c.operateur_id WHERE c.id = t.cible",
        (
            *(Comparaison(c, f"c.{c}") for c in SIMPLES),
            Comparaison("debut", "lower(c.periode)"), Comparaison("fin", "upper(c.periode) - 1"),
            Comparaison("operateur", "s.nom", differe="t.operateur_id <> c.operateur_id"),
            Comparaison("statut", "c.etat", apres="t.vers", differe="t.vers = 'signee' AND c.etat = 'projet'"),
            Comparaison("offres", "NULL::text",
                        differe=f"EXISTS (SELECT 1 FROM {_OFFRES} {_LIEN} WHERE x.id NOT IN ({lies}))"),  # nosec B608
        ),
    )  # fmt: skip
    travail.executer(  # an empty state is deduced from the signature: it changes too
        f"UPDATE {travail.table} t SET changements = t.changements || jsonb_build_object('statut', "  # nosec B608
        "jsonb_build_array(c.etat, t.vers)) FROM offre_convention c WHERE c.id = t.cible AND t.statut IS NULL "
        "AND t.vers = 'signee' AND c.etat = 'projet'"
    )
    travail.signaler(
        code="convention_signee", colonne="debut", valeur="to_char(t.debut, 'DD/MM/YYYY')",
        message="'Cette convention est signée : l’import ne change ni ses dates ni son opérateur.'",
        attendu="'un avenant'", jointure="JOIN offre_convention c ON c.id = t.cible",
        ou="c.etat = 'signee' AND t.changements ?| array['debut', 'fin', 'operateur', 'signee_le']",
    )  # fmt: skip


def appliquer(travail: Travail) -> None:
    """Write the conventions that are ready and the offers they are about."""
    t, periode = travail.table, "daterange(t.debut, t.fin + 1)"
    travail.numeroter("offre_convention")
    inserer(travail, Convention, {
        "id": "t.cible", "numero": "t.numero_convention", "intitule": "t.intitule", "operateur_id": "t.operateur_id",
        "periode": periode, "signee_le": "t.signee_le", "etat": "t.vers",
        "alerte_jours": "coalesce(t.alerte_jours, 90)",
    })  # fmt: skip
    modifier(travail, "offre_convention", {
        **{c: (c, f"t.{c}") for c in SIMPLES}, "operateur": ("operateur_id", "t.operateur_id"),
        "statut": ("etat", "t.vers"),
    }, plus=f", version = c.version + 1, periode = CASE WHEN t.changements ?| array['debut', 'fin'] THEN {periode} "
            "ELSE c.periode END")  # fmt: skip
    transitions(travail, "offre_transitionconvention", "convention_id", "t.vers")
    transitions(travail, "offre_transitionconvention", "convention_id", "t.vers", de="'projet'",
                ou="t.etat = 'modifiee' AND t.changements ? 'statut'")  # fmt: skip
    travail.executer(
        "INSERT INTO offre_convention_offres (convention_id, offreinsertion_id) SELECT DISTINCT t.cible, x.id "
        f"FROM {t} t CROSS JOIN LATERAL {_OFFRES} {_LIEN} WHERE t.etat IN ('nouvelle', 'modifiee') "  # nosec B608
        "ON CONFLICT DO NOTHING"
    )
    travail.journaliser(objet_type="offre.convention", libelle="t.numero_convention || ' – ' || t.intitule",
                        ecran=ecran_courant())  # fmt: skip


GENRE_CONVENTIONS = Genre(
    code="conventions", titre="Conventions", un="convention", plusieurs="conventions", ordre=70,
    description="Les conventions avec les opérateurs. Une convention signée ne se réécrit pas : un avenant la change.",
    champs=CHAMPS, cles=("Son numéro",), nommee=("numero_convention", "intitule", "operateur"),
    memes=(("numero_convention",),),
    tables=("offre_convention", "offre_convention_offres", "offre_transitionconvention"),
    droit=peut_importer_offre, controler=controler, appliquer=appliquer,
)  # fmt: skip


# -- amounts -----------------------------------------------------------------------------------------------

CONVENTIONS = Reference(
    sql=f"""SELECT {cle_sql("c.numero")} AS cle, c.id, c.numero || ' – ' || c.intitule AS libelle
    FROM offre_convention c WHERE c.etat <> 'resiliee'""",  # nosec B608
    inconnu="Aucune convention de ce numéro.",
)
MONTANTS = ("prevu", "mandate", "paye")


def _montant(code: str, titre: str, *synonymes: str) -> Champ:
    return Champ(code, titre, "decimal", synonymes=synonymes, minimum=Decimal(0), maximum=Decimal(9999999999),
                 exemple="25000")  # fmt: skip


CHAMPS_MONTANTS = (
    Champ("convention", "Convention", "reference", requis=True, reference=CONVENTIONS, longueur=40,
          synonymes=("n°", "numéro", "numéro de convention"), exemple="2026-INS-014", aide="Son numéro."),
    Champ("annee", "Année", "entier", requis=True, minimum=Decimal(2000), maximum=Decimal(2100), exemple="2026"),
    structure("financeur", "Financeur", requis=True, exemple="Conseil départemental"),
    _montant("prevu", "Prévu (€)", "prévu", "montant prévu", "montant"),
    _montant("mandate", "Mandaté (€)", "mandaté", "montant mandaté"),
    _montant("paye", "Payé (€)", "payé", "montant payé"),
)  # fmt: skip


def controler_montants(travail: Travail) -> None:
    """Find the amount of that year and funder, ask for at least one figure, compare."""
    travail.executer(
        f"UPDATE {travail.table} t SET cible = (SELECT m.id FROM offre_montantconvention m "  # nosec B608
        "WHERE m.convention_id = t.convention_id AND m.annee = t.annee AND m.financeur_id = t.financeur_id)"
    )
    travail.memes_lignes(code="meme_montant", colonne="annee", cles="convention_id, annee, financeur_id",
                         message="Mêmes convention, année et financeur que la ligne")  # fmt: skip
    travail.signaler(
        code="valeur_manquante", colonne="prevu", message="'Aucun montant n’est donné.'",
        attendu="'un montant prévu, mandaté ou payé'", ou="coalesce(t.prevu, t.mandate, t.paye) IS NULL",
    )  # fmt: skip
    travail.differences("offre_montantconvention c WHERE c.id = t.cible", [Comparaison(m, f"c.{m}") for m in MONTANTS])


def appliquer_montants(travail: Travail) -> None:
    """Write the amounts that are ready."""
    travail.numeroter("offre_montantconvention")
    inserer(travail, MontantConvention, {
        "id": "t.cible", "convention_id": "t.convention_id", "annee": "t.annee", "financeur_id": "t.financeur_id",
        **{m: f"t.{m}" for m in MONTANTS},
    })  # fmt: skip
    modifier(travail, "offre_montantconvention", {m: (m, f"t.{m}") for m in MONTANTS})
    travail.journaliser(objet_type="offre.montantconvention", libelle="t.convention || ', ' || t.annee",
                        ecran=ecran_courant())  # fmt: skip


GENRE_MONTANTS = Genre(
    code="montants", titre="Montants des conventions", un="montant", plusieurs="montants", ordre=80,
    description="Prévu, mandaté et payé, par année et par financeur. Importez d’abord les conventions.",
    champs=CHAMPS_MONTANTS, cles=("La convention, l’année et le financeur",),
    nommee=("convention", "financeur", "annee"), tables=("offre_montantconvention",), droit=peut_importer_offre,
    controler=controler_montants, appliquer=appliquer_montants, reprise="annee",
)  # fmt: skip
