/* Presence kept by several: what another secretary noted comes with the page that reads itself again. What is being
   touched or typed here is left alone. */
const liste = document.querySelector(".presence");
let demandee = 0;

liste?.addEventListener("input", ({ target }) => {
  const membre = target.closest("li");
  membre.dataset.lu = "";                          // whatever comes next is news
  membre.dataset.touche = performance.now();
});
document.body.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target.id === "direct") demandee = performance.now();
});
document.body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target: membre, fragment } = detail;
  if (!liste?.contains(membre)) return;
  const ici = membre.contains(document.activeElement) ? document.activeElement : null;
  const touche = Number(membre.dataset.touche ?? 0) > demandee;
  detail.shouldSwap = fragment.firstElementChild.dataset.lu !== membre.dataset.lu && !touche && ici?.type !== "text";
  if (detail.shouldSwap && ici) queueMicrotask(() => document.querySelector(`[name="${ici.name}"]:checked`)?.focus());
});
