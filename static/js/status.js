// How this person is: set by the dialog, the palette and the banner; the bar follows what the server says.
import { say } from "./announce.js";
import { getFragment, post } from "./http.js";
import { onFrame, onState } from "./live.js";

const ADDRESS = "/presence/";
const PAUSE_MS = 300;
const UNREACHABLE = { type: "refused", detail: "Not saved: Baton could not be reached." };
let [timer, asked] = [0, 0];

// Of two answers only that to the newer question counts, and nothing is taken from under a finger.
async function renew() {
  const mine = ++asked;
  const fresh = await getFragment(ADDRESS, "status").catch(() => null);
  if (mine !== asked) return;
  if (document.querySelector("#me-button:active, #away:active")) return renewSoon();
  const changed = ["me-button", "status-now", "away"].filter((id) => isPut(document.getElementById(id), fresh?.getElementById(id)));
  if (changed.includes("me-button")) document.dispatchEvent(new CustomEvent("baton:status"));
}

// What has the focus keeps it, or leaves it to the bar when it is gone.
function isPut(old, fresh) {
  if (!old || !fresh || old.outerHTML === fresh.outerHTML) return false;
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.importNode(fresh, true));
  if (hadFocus) document.querySelector(`#${fresh.id} button, #me-button button`)?.focus();
  return true;
}

function renewSoon() {
  if (!document.getElementById("me-button")) return;
  clearTimeout(timer);
  timer = setTimeout(renew, PAUSE_MS);
}

async function set(fields, form) {
  const answer = (await post(form?.getAttribute("action") ?? ADDRESS, fields).catch(() => UNREACHABLE)) ?? UNREACHABLE;
  const isRefused = answer.type === "refused";
  const fault = form?.closest("dialog, section")?.querySelector("[data-fault]");
  if (fault) [fault.textContent, fault.hidden] = [isRefused ? answer.detail : "", !isRefused];
  if (isRefused && !fault) return document.getElementById("toasts").tell(answer.detail);
  say(isRefused ? answer.detail : answer.said);
  if (isRefused) return;
  form?.closest("dialog")?.close();
  form?.reset();
  renew();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-status]");
  if (!form) return;
  event.preventDefault();
  set(new FormData(form, event.submitter), form);
});

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act=status]");
  if (!act) return;
  const fields = new FormData();
  fields.set("state", act.dataset.state);
  set(fields);
});

// Typing a reason of one's own chooses it.
document.addEventListener("input", (event) => {
  if (event.target.name !== "other" || !event.target.value) return;
  const radio = event.target.closest("form[data-status]")?.querySelector("[name=reason][value=other]");
  if (radio) radio.checked = true;
});

onFrame("notice", renewSoon);
onState((state) => state === "catching-up" && renewSoon());
document.addEventListener("baton:swapped", renewSoon);
