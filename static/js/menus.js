/* <details class="menu">: Escape and a click elsewhere close it, opening one closes the others. */
export function activerMenus() {
  const ouverts = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (evenement) => {
    for (const menu of ouverts()) if (!menu.contains(evenement.target)) menu.open = false;
  });
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key !== "Escape") return;
    for (const menu of ouverts()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });
  // Printing unfolds nothing by itself: the data of the charts must be on paper.
  window.addEventListener("beforeprint", () => {
    for (const donnees of document.querySelectorAll("details.donnees-graphique:not([open])")) {
      donnees.dataset.pourImpression = "";
      donnees.open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    for (const donnees of document.querySelectorAll("details[data-pour-impression]")) {
      delete donnees.dataset.pourImpression;
      donnees.open = false;
    }
  });
}
