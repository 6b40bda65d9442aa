// How this person is: set by the dialog, the palette and the banner; the bar follows what the server says.
import { say } from "../notices/announce.js";
import { follow } from "../live/follow.js";
import { post } from "../live/http.js";

const ADDRESS = "/presence/";
const PAUSE_MS = 300;
const UNREACHABLE = { type: "refused", detail: "Not saved: Baton could not be reached." };

// A person without a status, an auditor, has nothing of it on the page.
const bar = document.getElementById("me-button") && follow({
  address: () => ADDRESS,
  part: "status",
  take,
  frames: { notice: () => true },
  pause_ms: PAUSE_MS,
  polls: false,
});

// Nothing is taken from under a finger.
function take(fresh) {
  if (document.querySelector("#me-button:active, #away:active")) return bar.soon();
  const changed = ["me-button", "status-now", "away"].filter((id) => isPut(document.getElementById(id), fresh.getElementById(id)));
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

async function set(fields, form) {
  const answer = (await post(form?.getAttribute("action") ?? ADDRESS, fields).catch(() => UNREACHABLE)) ?? UNREACHABLE;
  const isRefused = answer.type === "refused";
  const fault = form?.closest("dialog, section")?.querySelector("[data-fault]");
  if (fault) {
    (fault.querySelector("[data-notice]") ?? fault).textContent = isRefused ? answer.detail : "";
    fault.hidden = !isRefused;
  }
  const isToast = isRefused ? !fault : form?.closest("#floor-dialog");
  if (isToast) document.getElementById("toasts").tell(isRefused ? answer.detail : answer.said);
  else say(isRefused ? answer.detail : answer.said);
  if (isRefused) return;
  form?.closest("dialog")?.close();
  form?.reset();
  bar?.read();
  document.dispatchEvent(new CustomEvent("baton:floor"));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-status]:not(.floor-alone *)");
  if (!form) return;
  event.preventDefault();
  set(new FormData(form, event.submitter), form);
});

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act=status]");
  if (act) set({ state: act.dataset.state });
});

// Typing a reason of one's own chooses it.
document.addEventListener("input", (event) => {
  if (event.target.name !== "other" || !event.target.value) return;
  const radio = event.target.closest("form[data-status]")?.querySelector("[name=reason][value=other]");
  if (radio) radio.checked = true;
});

document.addEventListener("baton:swapped", () => bar?.soon());
