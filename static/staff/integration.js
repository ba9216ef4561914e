// Looks again at a batch that is worked on; without this script the page reloads itself.
"use strict";
const EVERY = 1500;
async function look() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("batch-state");
    const shown = document.getElementById("batch-state");
    if (!fresh || fresh.dataset.state !== shown.dataset.state) return location.reload();
    const bar = fresh.querySelector("progress");
    if (bar) shown.querySelector("progress").value = bar.value;
    const said = fresh.querySelector("[role=status]").textContent;
    const words = shown.querySelector("[role=status]");
    if (words.textContent !== said) words.textContent = said;
  } catch { /* offline for a moment: look again later */ }
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
