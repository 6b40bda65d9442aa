// Openers: a dialog is shown over the page, a panel inside it, because the evidence must stay readable beside it.
// Answers whether there is one of that name here.
export function openPlace(id) {
  const place = document.getElementById(id);
  if (!place) return false;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  place.matches("dialog") ? openDialog(place) : openPanel(place);
  return true;
}

function openDialog(dialog) {
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("baton:shown"));
}

function openPanel(panel) {
  for (const other of document.querySelectorAll("[data-panel][data-ui-open]")) if (other !== panel) hide(other);
  panel.hidden = false;
  panel.dataset.uiOpen = "";
  tellOpeners(panel.id, true);
  panel.scrollIntoView({ block: "start" });
  const first = panel.querySelector(FIELDS);
  first?.focus({ preventScroll: true });
  // As after Tab: what is typed takes the place of what was proposed.
  if (first?.tagName === "INPUT") first.select();
}

const FIELDS = ":is(input:not([type=hidden]), select, textarea):not([disabled])";

function hide(panel) {
  panel.hidden = true;
  delete panel.dataset.uiOpen;
  tellOpeners(panel.id, false);
}

function tellOpeners(id, isOpen) { for (const opener of openersOf(id)) opener.setAttribute("aria-expanded", isOpen); }

const openersOf = (id) => [...document.querySelectorAll(`[data-opens="${CSS.escape(id)}"][aria-expanded]`)];

// What was typed stays in the hidden panel and in its draft.
export function closePanel(panel = document.querySelector("[data-panel]:not([hidden])")) {
  if (!panel) return false;
  hide(panel);
  openersOf(panel.id).find((opener) => opener.checkVisibility())?.focus({ preventScroll: true });
  return true;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  // Without a script the opener is a form that asks the server for the same thing.
  if (opener && openPlace(opener.dataset.opens)) event.preventDefault();
  if (event.target.closest("[data-act=close-panel]")) closePanel(event.target.closest("[data-panel]"));
  // A press on the backdrop closes, as Esc does: what lies in a dialog covers it whole. One that began inside, such as
  // choosing text, may end there without meaning it.
  if (event.target === began && began.matches("dialog.dlg[open]")) began.close();
});

let began = null;
document.addEventListener("pointerdown", (event) => { began = event.target; });

// The page may come with one open already, by its address: that is worked in too.
for (const panel of document.querySelectorAll("[data-panel]:not([hidden])")) panel.dataset.uiOpen = "";

// A morph brings the server's `hidden` back; a panel that somebody works in stays.
document.addEventListener("baton:swapped", () => {
  for (const panel of document.querySelectorAll("[data-panel][data-ui-open]")) {
    panel.hidden = false;
    tellOpeners(panel.id, true);
  }
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-mod]")) key.textContent = key.textContent.replace("Ctrl ", "⌘");
}
