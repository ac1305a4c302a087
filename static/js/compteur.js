/* <textarea data-mots="500">: keeps « 80 mots, 500 au plus » up to date. The server counts too. */
const nombre = new Intl.NumberFormat("fr-FR");
const ecrire = (n) => nombre.format(n).replaceAll("\u202f", "\u00a0");

function compter(zone) {
  const cible = document.querySelector(`[data-compteur="${CSS.escape(zone.id)}"]`);
  if (!cible) return;
  const plafond = Number(zone.dataset.mots);
  const mots = zone.value.split(/\s+/).filter(Boolean).length;
  const reste = mots > plafond ? `, ${ecrire(mots - plafond)} de trop` : "";
  cible.textContent = `${ecrire(mots)}\u00a0${mots < 2 ? "mot" : "mots"}, ${ecrire(plafond)} au plus${reste}`;
  cible.toggleAttribute("data-depasse", mots > plafond);
}

export function activerCompteurs() {
  document.addEventListener("input", (evenement) => {
    if (evenement.target.matches?.("[data-mots]")) compter(evenement.target);
  });
}
