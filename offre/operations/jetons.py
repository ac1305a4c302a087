"""Keys to the API: created (shown once), revoked, their use written down."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from offre.droits import peut_gerer_jetons
from offre.models import JetonApi
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, journaliser

PREFIXE = "pdi_"
GARDE_USAGE = 7 * 24 * 3600


def empreinte_de(cle: str) -> str:
    """Return the fingerprint under which a key is kept: it has 256 random bits, a plain hash is enough."""
    return hashlib.sha256(cle.encode()).hexdigest()


@transaction.atomic
def creer_jeton(*, nom: str, par: Any, expire_le: datetime.date | None = None) -> tuple[JetonApi, str]:
    """Create a key for `nom`; return it with the key itself, which nobody can read again.

    Raises DroitInsuffisant, RegleMetier (no name, or an end that is past).
    """
    exiger(peut_gerer_jetons(par))
    if expire_le is not None and expire_le < timezone.localdate():
        raise RegleMetier("Cette date est passée : le jeton ne servirait jamais.", champ="expire_le")
    cle = PREFIXE + secrets.token_urlsafe(32)
    jeton = JetonApi(
        nom=" ".join(nom.split()), debut=cle[:10], empreinte=empreinte_de(cle), cree_par=par, expire_le=expire_le
    )
    enregistrer(jeton)
    journaliser(par=par, verbe="creer_jeton", objet=jeton, apres={"Valable jusqu’au": expire_le or "sans limite"})
    return jeton, cle


@transaction.atomic
def revoquer_jeton(*, jeton: JetonApi, par: Any) -> JetonApi:
    """Close a key at once and for ever. Raises DroitInsuffisant, RegleMetier when it is already closed."""
    exiger(peut_gerer_jetons(par))
    lu = JetonApi.objects.select_for_update().get(pk=jeton.pk)
    if lu.revoque_le is not None:
        raise RegleMetier("Ce jeton est déjà révoqué.")
    lu.revoque_le, lu.revoque_par = timezone.now(), par
    lu.save(update_fields=["revoque_le", "revoque_par"])
    journaliser(par=par, verbe="revoquer_jeton", objet=lu)
    return lu


# -- use ---------------------------------------------------------------------------------------------------


def _cle_usage(jeton: int) -> str:
    return f"api:usage:{jeton}"


def noter_passage(jeton: int) -> None:
    """Note in the cache that a key serves now: reading writes nothing to the database."""
    cache.set(_cle_usage(jeton), timezone.now(), GARDE_USAGE)


def passages(jetons: list[int]) -> dict[int, datetime.datetime]:
    """Return the last use noted of these keys."""
    lus = cache.get_many([_cle_usage(j) for j in jetons])
    return {int(cle.rpartition(":")[2]): quand for cle, quand in lus.items()}


def noter_usages() -> int:
    """Write down the last use of the keys (a job does, every ten minutes); return how many moved."""
    jetons = list(JetonApi.objects.filter(revoque_le__isnull=True))
    vus = passages([j.pk for j in jetons])
    bouges = [j for j in jetons if j.pk in vus and (j.dernier_usage_le is None or vus[j.pk] > j.dernier_usage_le)]
    for jeton in bouges:
        jeton.dernier_usage_le = vus[jeton.pk]
    JetonApi.objects.bulk_update(bouges, ["dernier_usage_le"])
    return len(bouges)
