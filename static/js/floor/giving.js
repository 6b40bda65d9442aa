// The dialog of the floor: who could have these cases, and one person's status and load. Without scripts they are pages.
import { getText } from "../live/http.js";

const LOST = "Baton did not answer. Nothing typed is lost; try again.";
const NONE = "Select at least one case first, with X or by its box.";
const dialog = () => document.getElementById("floor-dialog");
const body = () => document.getElementById("floor-dialog-body");
let [opener, asked] = [null, 0];

export function openAt(cases, to, from) {
  const query = new URLSearchParams(cases.map((name) => ["case", name]));
  if (to) query.set("to", to);
  opener = from?.querySelector?.("th a")?.id || document.activeElement?.id || from?.querySelector?.("td a")?.id;
  return load(`/floor/reassign/?${query}`);
}

// Of several answers only that to the newest question counts.
async function load(address, sent) {
  if (!dialog()) return location.assign(address);
  const mine = ++asked;
  const text = await getText(address, "div#floor-dialog-body", { sent }).catch(() => null);
  if (mine !== asked) return;
  if (text === null) return lost();
  const page = new DOMParser().parseFromString(text, "text/html");
  body().replaceChildren(...document.importNode(page.body, true).childNodes);
  if (sent) document.dispatchEvent(new CustomEvent("baton:floor"));
  if (sent && isDone()) return finish();
  if (!dialog().open) dialog().showModal();
  focusFirst();
}

function lost() {
  if (!dialog().open) return document.getElementById("toasts")?.tell(LOST);
  const place = body().querySelector("[data-fault]");
  place.hidden = false;
  place.querySelector("[data-notice]").textContent = LOST;
}

const isRefused = () => body().querySelector("[role=alert]:not([hidden])");
const isDone = () => body().querySelector("[data-done]") && !isRefused();

function finish() {
  const { said } = body().querySelector("[data-said]").dataset;
  dialog().close();
  if (said) document.getElementById("toasts")?.tell(said);
}

// A refusal is read first; then the person to give it to, or the reason if one was chosen already.
function focusFirst() {
  const first = body().querySelector("[autofocus]") ?? body().querySelector(".floor-opts button:not(:disabled)");
  const place = isRefused() ? body().querySelector("#floor-dialog-t") : first;
  (place ?? body().querySelector("button"))?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-floor-open]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.id) opener = link.id;
  load(link.getAttribute("href"));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const isGiven = form.matches("#floor-dialog [data-floor-give]");
  if (!isGiven && !form.matches("[data-floor-open]")) return;
  event.preventDefault();
  if (isGiven) give(form, event.submitter);
  else openPicked(form);
});

function openPicked(form) {
  const cases = new FormData(form).getAll("case");
  if (!cases.length) return document.getElementById("toasts")?.tell(NONE);
  openAt(cases);
  opener = "give-picked";
}

async function give(form, submitter) {
  if (form.inert) return;
  const hand = document.activeElement;
  form.inert = true;
  await load(form.action, new FormData(form, submitter));
  if (!form.isConnected) return;
  form.inert = false;
  hand.focus();
}

// The dialog was filled afresh, so the browser does not know where the person came from.
document.addEventListener("close", (event) => {
  if (event.target !== dialog()) return;
  document.getElementById(opener)?.focus({ preventScroll: true });
  body().replaceChildren();
}, true);
