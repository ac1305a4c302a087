"""Who is subject to rights and duties, as the département recomputes it. Pure. Source: CASF L262-28, D262-65."""

from __future__ import annotations

SEUIL_ACTIVITE = 500  # € a month over the reference quarter, when the regime in force does not say
ADULTES = ("DEM", "CJT", "RDO")  # codes of RoleFoyer: two adults of one household may both be subject


def soumis(*, role: str, droit_ouvert: bool, sans_activite: bool | None) -> bool | None:
    """Return whether an adult of a household with an open right is subject; None when her activity is unknown.

    `sans_activite`: no job, or an average activity income under the threshold over the reference quarter. The received
    flag is never overwritten by this: a difference is an anomaly to look at.
    """
    if role not in ADULTES or not droit_ouvert:
        return False
    return sans_activite
