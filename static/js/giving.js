// The dialog of the floor: who could have these cases, and one person's status and load. Without scripts they are pages.
import { csrfToken, getText, post } from "./http.js";

const LOST = "Baton did not answer. Nothing typed is lost; try again.";
const dialog = () => document.getElementById("floor-dialog");
const body = () => document.getElementById("floor-dialog-body");
let [opener, asked] = [null, 0];

export function openAt(cases, to, from) {
  const query = new URLSearchParams(cases.map((name) => ["case", name]));
  if (to) query.set("to", to);
  opener = from?.querySelector?.("th a")?.id || document.activeElement?.id || from?.querySelector?.("td a")?.id;
  return load(`/floor/reassign/?${query}`);
}

async function load(address) {
  if (!dialog()) return location.assign(address);
  const mine = ++asked;
  try {
    const text = await getText(address, "div#floor-dialog-body");
    if (mine !== asked) return;
    fill(text);
  } catch {
    if (mine !== asked) return;
    return dialog().open ? fault(LOST) : document.getElementById("toasts")?.tell(LOST);
  }
  if (!dialog().open) dialog().showModal();
  focusFirst();
}

function fill(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  body().replaceChildren(...document.importNode(page.body, true).childNodes);
}

// A refusal is read first; then the person to give it to, or the reason if one was chosen already.
function focusFirst() {
  const first = body().querySelector("[autofocus]") ?? body().querySelector(".floor-opts button:not(:disabled)");
  const place = body().querySelector("[role=alert]:not([hidden])") ? body().querySelector("#floor-dialog-t") : first;
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
  const act = form.matches?.("[data-floor-open]") ? openPicked : form.matches?.("#floor-dialog [data-floor-give]") ? give
    : form.matches?.("#floor-dialog [data-floor-act]") ? tell : null;
  if (!act) return;
  event.preventDefault();
  act(form, event.submitter);
});

function openPicked() {
  const cases = [...document.querySelectorAll(".floor-late .pick input:checked")].map((one) => one.value);
  if (!cases.length) return document.getElementById("toasts")?.tell("Select at least one case first, with X or by its box.");
  opener = "give-picked";
  load(`/floor/reassign/?${new URLSearchParams(cases.map((name) => ["case", name]))}`);
}

const sent = (form, submitter) => new FormData(form, submitter);

async function give(form, submitter) {
  if (form.inert) return;
  const hand = document.activeElement;
  form.inert = true;
  try {
    const response = await fetch(form.action, {
      method: "POST", body: sent(form, submitter), redirect: "manual", signal: AbortSignal.timeout(8000),
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken(), Accept: "text/html" },
    });
    if (response.type === "opaqueredirect" || ![200, 409].includes(response.status)) throw new Error("no answer");
    settle(await response.text());
  } catch {
    form.inert = false;
    fault(LOST);
    hand.focus();
  }
}

function settle(text) {
  fill(text);
  const said = body().querySelector("[data-said]")?.dataset.said;
  document.dispatchEvent(new CustomEvent("baton:floor"));
  if (body().querySelector("[data-done]") && !body().querySelector("[role=alert]:not([hidden])")) return finish(said);
  focusFirst();
}

async function tell(form, submitter) {
  const answer = await post(form.action, sent(form, submitter)).catch(() => ({ type: "refused", detail: LOST }));
  if (answer.type === "refused") return fault(answer.detail);
  document.dispatchEvent(new CustomEvent("baton:floor"));
  finish(answer.said);
}

function fault(text) {
  const place = body().querySelector("[data-floor-fault]");
  place.hidden = false;
  place.querySelector("[data-notice]").textContent = text;
}

function finish(said) {
  dialog().close();
  if (said) document.getElementById("toasts")?.tell(said);
}

// The dialog was filled afresh, so the browser does not know where the person came from.
document.addEventListener("close", (event) => {
  if (event.target !== dialog()) return;
  document.getElementById(opener)?.focus({ preventScroll: true });
  body().replaceChildren();
}, true);
