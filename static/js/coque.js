/* Progressive enhancement of the shell. Everything works without it. */
import { activerDialogues } from "./dialogue.js";
import { activerCompteurs } from "./compteur.js";
import { activerEchanges } from "./echanges.js";
import { activerFiltres } from "./filtres.js";
import { activerMenus } from "./menus.js";

activerDialogues();
activerCompteurs();
activerEchanges();
activerFiltres();
activerMenus();

// The summary of errors takes the focus, so that a screen reader starts there.
document.querySelector("[data-prendre-le-focus]")?.focus();

// Ctrl and K: to the search, from anywhere, whatever was in it ready to be typed over.
document.addEventListener("keydown", (evenement) => {
  if (!(evenement.ctrlKey || evenement.metaKey) || evenement.key.toLowerCase() !== "k") return;
  const recherche = document.getElementById("q");
  if (!recherche) return;
  evenement.preventDefault();
  recherche.focus();
  recherche.select();
});
