"""The screens of the report: what each reader sees, in a number of queries that does not grow."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.operations.signatures import mettre_en_ligne
from gouvernance.contenu import rassembler, toutes_les_fiches
from gouvernance.models import EtatVersion
from gouvernance.operations import publier_version
from pdi.comptes.models import Role
from pdi.socle.models import Traitement
from tests.fabriques import UtilisateurFactory


def connecter(utilisateur) -> Client:
    client = Client()
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def gestion(gestionnaire):
    return connecter(gestionnaire)


def requetes(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as vues:
        assert client.get(url).status_code == 200
    return len(vues)


def test_la_liste_ne_demande_pas_plus_de_requetes_avec_plus_de_rapports(gestion, peupler, version_rapide):
    url = reverse("gouvernance:rapports")
    contenu = version_rapide(peupler(1, code="un")).contenu
    une = requetes(gestion, url)
    for n in range(30):
        version_rapide(peupler(0, code=f"p-{n}"), contenu=contenu)
    assert requetes(gestion, url) == une <= 12


def test_la_page_du_rapport_ne_demande_pas_plus_de_requetes_avec_plus_de_fiches_et_de_versions(
    gestion, peupler, version_rapide
):
    def compter(fiches, versions):
        programme = peupler(fiches, code=f"p-{fiches}")
        contenu = rassembler(programme, 2025)
        for _ in range(versions):
            version_rapide(programme, contenu=contenu)
        return requetes(gestion, reverse("gouvernance:rapport", args=[programme.code, 2025]))

    assert compter(1, 1) == compter(30, 30) <= 12


def test_lire_une_version_ne_relit_aucune_table_du_programme(gestion, peupler, version_rapide):
    version = version_rapide(peupler(3))
    gestion.get(version.get_absolute_url(), {"partie": "tout"})
    with CaptureQueriesContext(connection) as vues:
        page = gestion.get(version.get_absolute_url(), {"partie": "tout"}).content.decode()
    tables = ("actions_fiche", "actions_indicateur", "actions_mesure", "actions_bilan", "actions_financement")
    lues = [r["sql"] for r in vues if any(f'FROM "{t}' in r["sql"] for t in tables) and "COUNT" not in r["sql"]]
    assert lues == []
    assert page.count('class="r-fiche"') == 3
    assert "Taux d’orientation" in page


def test_avant_la_premiere_compilation(gestion, peupler):
    programme = peupler(2)
    page = gestion.get(reverse("gouvernance:rapport", args=[programme.code, 2025])).content.decode()
    assert "n’est pas encore compilé" in page
    assert "2\u00a0bilans validés sur 2" in page
    assert "Compiler le rapport" in page


def test_compiler_depuis_la_page_lance_puis_rejoint(gestion, peupler, django_capture_on_commit_callbacks):
    programme = peupler(1)
    url = reverse("gouvernance:rapport_compiler", args=[programme.code, 2025])
    assert gestion.post(url).status_code == 302
    page = gestion.post(url, follow=True).content.decode()
    assert "déjà en cours" in page
    assert Traitement.objects.filter(nature="rapport").count() == 1
    assert 'role="progressbar"' in page


def test_publier_demande_une_confirmation_et_dit_ce_qui_manque(gestion, gestionnaire, peupler, version_rapide):
    version = version_rapide(peupler(1))
    url = reverse("gouvernance:version_publier", args=[version.pk])
    page = gestion.get(url).content.decode()
    assert "non mesuré en 2025" in page
    version.refresh_from_db()
    assert version.etat == EtatVersion.TRAVAIL
    assert "Cochez la case" in gestion.post(url).content.decode()
    page = gestion.post(url, {"compris": "on"}, follow=True).content.decode()
    assert "version-sceau" in page
    assert version.empreinte[:8] in page
    version.refresh_from_db()
    mettre_en_ligne(programme=version.rapport.programme, par=gestionnaire)
    public = reverse("gouvernance:pacte_rapport", args=[2025])
    assert public in Client().get("/pacte/").content.decode()
    version.pdf.storage.delete(version.pdf.name)  # lost with its disk
    assert "n’est plus dans le stockage" in gestion.get(version.rapport.get_absolute_url()).content.decode()
    assert Client().get(public).status_code == 404


def test_publier_est_refuse_et_dit_pourquoi(gestion, peupler, version_rapide):
    version = version_rapide(peupler(1, valides=False))
    url = reverse("gouvernance:version_publier", args=[version.pk])
    page = gestion.get(url).content.decode()
    assert "ne peut pas être publiée" in page
    assert 'name="compris"' not in page
    assert "bilan validé" in gestion.post(url, {"compris": "on"}).content.decode()


def test_un_refus_dit_si_c_est_le_droit_ou_le_moment(gestion, gestionnaire, peupler, version_rapide):
    direction = connecter(UtilisateurFactory.create(role=Role.DIRECTION))
    version = version_rapide(peupler(1))
    url = reverse("gouvernance:deliberation_enregistrer", args=[version.pk])
    refus = gestion.get(url)
    page = refus.content.decode()
    assert refus.status_code == 403
    assert "Pas maintenant" in page
    assert "publiez d’abord" in page
    assert "Votre habilitation ne permet pas" not in page
    assert "Votre habilitation ne permet pas" in direction.get(url).content.decode()
    publier_version(version=version, par=gestionnaire)
    assert "déjà publiée" in gestion.get(reverse("gouvernance:version_publier", args=[version.pk])).content.decode()


def test_la_deliberation_depuis_l_ecran(gestion, gestionnaire, peupler, version_rapide):
    version = publier_version(version=version_rapide(peupler(1)), par=gestionnaire)
    url = reverse("gouvernance:deliberation_enregistrer", args=[version.pk])
    donnees = {"numero": "2026-03-0011", "date": "2026-03-23", "pour": 36, "contre": 0, "abstentions": 4}
    refuse = gestion.post(url, donnees | {"date": "2025-06-01"}).content.decode()
    assert "après sa fin" in refuse
    trop_tot = gestion.post(url, donnees).content.decode()
    assert "l’Assemblée n’a pas pu en délibérer avant" in trop_tot
    page = gestion.post(url, donnees | {"reprise": "Rapport voté sur papier"}, follow=True).content.decode()
    assert "n° 2026-03-0011" in page
    assert "36 pour, 4 abstentions, 0 contre" in page


def test_comparer_deux_versions(gestion, peupler, version_rapide):
    import copy

    programme = peupler(1)
    contenu = rassembler(programme, 2025)
    nouveau = copy.deepcopy(contenu)
    toutes_les_fiches(nouveau)[0]["indicateurs"][0]["points"][-1]["valeur"] = "88"
    version_rapide(programme, contenu=contenu)
    version_rapide(programme, contenu=nouveau)
    url = reverse("gouvernance:version_comparer", args=[programme.code, 2025])
    page = gestion.get(url).content.decode()
    assert "De la version 1 à la version 2" in page
    assert "88\u00a0%" in page
    assert "disent la même chose" in gestion.get(url, {"avant": 2, "apres": 2}).content.decode()
    for faux in ("7", "x"):
        assert gestion.get(url, {"avant": faux}).status_code == 404


def test_un_partenaire_ne_lit_que_ce_qui_est_publie(gestionnaire, peupler, version_rapide):
    programme = peupler(1)
    signataire = programme.signataires.get().structure
    partenaire = connecter(UtilisateurFactory.create(role=Role.PARTENAIRE, structure=signataire))
    travail = version_rapide(programme)
    page = reverse("gouvernance:rapport", args=[programme.code, 2025])
    assert partenaire.get(travail.get_absolute_url()).status_code == 404
    attente = partenaire.get(page).content.decode()
    assert "Le rapport n’est pas encore publié" in attente
    assert travail.get_absolute_url() not in attente
    assert "<h2>Aucun rapport n’est publié</h2>" in partenaire.get(reverse("gouvernance:rapports")).content.decode()
    publier_version(version=travail, par=gestionnaire)
    assert partenaire.get(travail.get_absolute_url()).status_code == 200
    contenu = partenaire.get(page).content.decode()
    assert "Version publiée et verrouillée" in contenu
    assert "avant publication" not in contenu


def test_la_direction_lit_les_versions_de_travail_sans_pouvoir_publier(peupler, version_rapide):
    direction = connecter(UtilisateurFactory.create(role=Role.DIRECTION))
    version = version_rapide(peupler(1))
    page = direction.get(reverse("gouvernance:rapport", args=[version.rapport.programme.code, 2025])).content.decode()
    assert "Lire la version 1" in page
    assert "Compiler" not in page.replace("Compilation", "").replace("Compilée", "")
    assert direction.get(reverse("gouvernance:version_publier", args=[version.pk])).status_code == 403


def test_telecharger(gestion, peupler, version_rapide):
    version = version_rapide(peupler(1))
    pdf = gestion.get(reverse("gouvernance:version_pdf", args=[version.pk]))
    assert pdf["Content-Type"] == "application/pdf"
    assert "rapport-2025-essai-2022-2026-v1.pdf" in pdf["Content-Disposition"]
    assert b"".join(pdf.streaming_content) == b"%PDF-1.7 essai"
    version.xlsx.storage.delete(version.xlsx.name)
    assert gestion.get(reverse("gouvernance:version_xlsx", args=[version.pk])).status_code == 404


def etapes_du_rapport(client, programme) -> list[tuple[str, str]]:
    page = client.get(reverse("gouvernance:rapport", args=[programme.code, 2025])).context["page"]
    return [(e.titre, e.etat) for e in page.etapes]


def test_la_frise_n_a_qu_une_etape_courante_et_rien_de_fait_apres_elle(gestion, gestionnaire, peupler, version_rapide):
    incomplet = peupler(2, valides=False, code="incomplet")
    version_rapide(incomplet)
    etats = dict(etapes_du_rapport(gestion, incomplet))
    assert (etats["Bilans rendus"], etats["Bilans validés"]) == ("fait", "courant")
    assert {etats[t] for t in ("Compilation", "Publication", "Délibération")} == {""}
    gestion.post(reverse("gouvernance:rapport_compiler", args=[incomplet.code, 2025]))
    etats = dict(etapes_du_rapport(gestion, incomplet))
    assert [t for t, e in etats.items() if e == "courant"] == ["Compilation"]
    assert etats["Bilans validés"] == ""
    complet = peupler(1, code="complet")
    publier_version(version=version_rapide(complet), par=gestionnaire)
    etats = dict(etapes_du_rapport(gestion, complet))
    assert [t for t, e in etats.items() if e != "fait"] == ["Délibération"]
    assert etats["Délibération"] == "courant"
