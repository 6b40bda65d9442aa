// How this person is: the bar follows what the server says.
import { follow } from "../live/follow.js";
import { secondsUntil } from "../live/time.js";

const PAUSE_MS = 300;

// A person without a status, an auditor, has nothing of it on the page.
const bar = document.getElementById("me-button") && follow({
  address: () => "/presence/",
  part: "status",
  take,
  frames: { notice: () => true },
  pause_ms: PAUSE_MS,
  polls: false,
  beside: true,
});

// Nothing is taken from under a finger.
function take(fresh) {
  if (document.querySelector("#me-button:active, #away:active, #wrap:active")) return bar.soon();
  const changed = ["me-button", "status-now", "away", "wrap"].filter((id) => isPut(document.getElementById(id), fresh.getElementById(id)));
  awaitEnd();
  if (changed.includes("me-button")) document.dispatchEvent(new CustomEvent("baton:status"));
}

// What the wrap-up hides comes back with its end.
let ending = 0;
function awaitEnd() {
  const until = document.getElementById("wrap")?.dataset.wraps;
  clearTimeout(ending);
  if (until) ending = setTimeout(() => bar.soon(), secondsUntil(until) * 1000 + PAUSE_MS);
}
if (bar) awaitEnd();

// What has the focus keeps it, or leaves it to the bar when it is gone.
function isPut(old, fresh) {
  if (!old || !fresh || old.outerHTML === fresh.outerHTML) return false;
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.importNode(fresh, true));
  if (hadFocus) document.querySelector(`#${fresh.id} button, #me-button button`)?.focus();
  return true;
}

// Typing a reason of one's own chooses it.
document.addEventListener("input", (event) => {
  if (event.target.name !== "other" || !event.target.value) return;
  const radio = event.target.form?.querySelector("[name=reason][value=other]");
  if (radio) radio.checked = true;
});

document.addEventListener("baton:done", () => bar?.read());
// A case that was opened brings it along, and one that stands as it stood changes nothing of it.
document.addEventListener("baton:swapped", ({ detail }) => {
  const page = detail?.page;
  if (!bar || detail?.isSame) return;
  if (!page?.getElementById("me-button")) return bar.soon();
  bar.overtake();
  take(page);
});
