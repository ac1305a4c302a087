"""Reading of people: the list, the page of one, the « accès exceptionnel »."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours import droits
from parcours.conservation import peut_gerer_conservation
from parcours.droits.identite import peut_creer_personne
from parcours.files.suite import retour
from parcours.gestes_lot import gestes_de
from parcours.listes import COLONNES_EXPORT, ListePersonnes
from parcours.operations.consultations import consigner, consigner_liste, motif_du_jour, motiver
from parcours.page_personne import PagePersonne
from parcours.views.acces import personne_lue
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.recherches import Recherches
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Commune"), Colonne("Orientation"), Colonne("Référent"),
    Colonne("Contrat"), Colonne("Dernier contact", "contact"),
)  # fmt: skip
CHOISIR = Colonne("Choisir", masquee=True)


@login_required
@require_GET
def personnes(request: HttpRequest) -> HttpResponse:
    """List the people the reader may find."""
    exiger(droits.peut_lister_personnes(request.user))
    gardees = Recherches.lire(request, "parcours:personnes")
    if gardees.ouverture:
        return redirect(gardees.ouverture)
    liste = ListePersonnes(request.user, request.GET, timezone.localdate())
    gestes = gestes_de(request.user)
    if liste.attend:
        consigner_liste(personnes=liste.page.objets, par=request.user, ecran="Liste : frein sans réponse")
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "gardees": gardees,
        "colonnes": (CHOISIR, *COLONNES) if gestes else COLONNES, "gestes": gestes,
        "peut_exporter": droits.peut_exporter_personnes(request.user),
        "peut_conserver": bool(peut_gerer_conservation(request.user)),
        "peut_creer": peut_creer_personne(request.user),
    }  # fmt: skip
    return render(request, "parcours/personnes/personnes.html", contexte)


@login_required
@require_GET
def personnes_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter. The social security number is in no export."""
    exiger(droits.peut_exporter_personnes(request.user))
    liste = ListePersonnes(request.user, request.GET, timezone.localdate())
    if liste.attend:
        consigner_liste(personnes=liste.trouvees.only("pk"), par=request.user, ecran="Export : frein sans réponse")
    return reponse_export(
        request, nom="personnes", titre="Personnes", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@never_cache
@require_GET
def personne(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's page; outside one's own people, after a motive. The consultation is recorded."""
    lue = personne_lue(request, pk)
    acces = droits.acces(request.user, lue)
    motif = motif_du_jour(personne=lue, par=request.user) if acces is droits.Acces.MOTIVE else ""
    if acces is droits.Acces.MOTIVE and not motif:
        return redirect("parcours:personne_acces", pk)
    consigner(personne=lue, par=request.user, ecran="Page de la personne", motif=motif)
    lu = PagePersonne(request, lue, acces, timezone.localdate())
    contexte = lu.contexte(motif) | {"retour": retour(request.GET)}
    return render(request, "parcours/personnes/personne.html", contexte)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def personne_acces(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the motive of an « accès exceptionnel », valid for the day; without one, the page stays shut."""
    lue = personne_lue(request, pk)
    if droits.acces(request.user, lue) is not droits.Acces.MOTIVE:
        return redirect("parcours:personne", pk)
    erreur, motif = "", request.POST.get("motif", "")[:250]
    if request.method == "POST":
        try:
            motiver(personne=lue, par=request.user, motif=motif)
        except RegleMetier as refus:
            erreur = refus.message
        else:
            return redirect("parcours:personne", pk)
    contexte = {"pk": pk, "erreur": erreur, "motif": motif}
    return render(request, "parcours/personnes/acces.html", contexte, status=422 if erreur else 200)
