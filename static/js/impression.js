/* The print button appears only where it can work: without script, the browser's own menu prints. */
for (const bouton of document.querySelectorAll("[data-imprimer]")) {
  bouton.hidden = false;
  bouton.addEventListener("click", () => window.print());
}
