/* The print button appears only where it can work: without script, the browser's own menu prints. */
for (const bouton of document.querySelectorAll("[data-imprimer]")) {
  bouton.hidden = false;
  bouton.addEventListener("click", () => window.print());
}

/* What is folded on screen is read on paper. Only what was opened to print is folded again. */
let ouverts = [];
addEventListener("beforeprint", () => {
  ouverts = [...document.querySelectorAll(".anciens > details:not([open]), .detail-annees:not([open]), .frise-annee:not([open]), .lateral details:not([open], .menu)")];
  for (const repli of ouverts) repli.open = true;
});
addEventListener("afterprint", () => {
  for (const repli of ouverts) repli.open = false;
  ouverts = [];
});
