// What a holder has typed and not sent is kept on the server as well, so that it travels with the case.
import { fieldOf, isOther, keep, put, typedIn } from "./drafts.js";
import { post } from "../live/http.js";
import { openPlace } from "../desk/panels.js";

const FORMS = { edit: "edit", respond: "respond", approve: "each", reject: "reject-dialog" };
const PAUSE_MS = 1200;
const waiting = new Map();
let saving = Promise.resolve();

function save(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  const escalation = form.closest("#briefing[data-mine]")?.dataset.escalation;
  if (!escalation) return;
  const fields = { form: form.dataset.command, fields: JSON.stringify(typedIn(form)) };
  // It stands in this tab as well; what could not be kept now goes along with the next word.
  const saved = post(`/escalations/${escalation}/draft/`, fields).catch(() => {});
  saving = Promise.allSettled([saving, saved]).then(() => {});
}

// Before a case is given away, so that the last words go along.
export function saveNow() {
  for (const form of [...waiting.keys()]) save(form);
  return saving;
}

function saveLater(form) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => save(form), PAUSE_MS));
}

// Fills only what nobody has touched here: it never overwrites what the new holder typed.
function use(note) {
  const fields = JSON.parse(note.dataset.left);
  let [filled, left] = [0, 0];
  for (const [command, values] of Object.entries(fields)) {
    const form = [...document.querySelectorAll(`#briefing form.command[data-command="${CSS.escape(command)}"]`)].find((one) => typable(one, values));
    for (const [name, value, option] of values) fill(form && fieldOf(form, name, option), value) ? (filled += 1) : (left += 1);
    if (!form) continue;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    keep(form);
    saveLater(form);
  }
  openPlace(FORMS[Object.keys(fields).find((command) => command in FORMS)]);
  note.querySelector("[data-used]").textContent = left ? `${filled} filled in; ${left} kept as you have them, or no longer there.` : "Filled in below. Nothing is sent yet.";
}

const typable = (form, values) => values.some(([name, , option]) => fieldOf(form, name, option));

function fill(field, value) {
  if (!field || isOther(field)) return false;
  put(field, value);
  return true;
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("#briefing form.command");
  if (form && event.isTrusted && form.dataset.command in FORMS) saveLater(form);
});
document.addEventListener("baton:answer", ({ detail: { answer, form } }) => {
  if (answer.type === "ack") clearTimeout(waiting.get(form));
});
document.addEventListener("visibilitychange", () => document.hidden && saveNow());
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use-left]");
  if (!button) return;
  event.preventDefault();
  use(button.closest("[data-left]"));
});
