/* A bar of many filters opens on its first field on a narrow screen; a button unfolds the others (adaptation.css).
   Filters in use stay readable as badges under the bar. Without script, every field is there. */
const PEU = 3;

export function activerFiltres() {
  for (const barre of document.querySelectorAll("form.filtres")) {
    const autres = [...barre.querySelectorAll(":scope > .f")].slice(1);
    if (autres.length < PEU) continue;
    for (const champ of autres) champ.classList.add("f-repliable");
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "btn btn-link filtres-plus";
    const dire = (replie) => {
      barre.toggleAttribute("data-replie", replie);
      bouton.setAttribute("aria-expanded", String(!replie));
      bouton.textContent = replie ? `Plus de filtres (${autres.length})` : "Moins de filtres";
    };
    bouton.addEventListener("click", () => dire(!barre.hasAttribute("data-replie")));
    autres[0].before(bouton);
    dire(true);
  }
}
