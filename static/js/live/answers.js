// What htmx was answered: what was done is said, a failure becomes a sentence, and a lost session the sign-in page.
import { say } from "../notices/announce.js";
import { noticeIn, toSignIn } from "./http.js";

// Some dialogs keep a place for what went wrong; elsewhere it is told with the other messages.
const placeIn = (element) => element.closest?.("dialog[open], section")?.querySelector("[data-fault]");

function tell(text, element) {
  const place = placeIn(element);
  if (!place) return document.getElementById("toasts")?.tell(text);
  (place.querySelector("[data-notice]") ?? place).textContent = text;
  place.hidden = false;
}

// The server's word for "done, and there is nothing to swap in".
document.addEventListener("baton:done", ({ target, detail: { said } }) => {
  const [place, dialog] = [placeIn(target), target.closest?.("dialog")];
  if (place) place.hidden = true;
  dialog?.close();
  target.reset?.();
  if (dialog?.id === "floor-dialog") document.getElementById("toasts").tell(said);
  else say(said);
});

document.addEventListener("htmx:before:response", (event) => {
  const { raw } = event.detail.ctx.response;
  if (!raw.redirected || !new URL(raw.url).pathname.startsWith("/accounts/")) return;
  event.preventDefault();
  toSignIn("ended");
});

const lostIn = (element) => element.closest?.("[data-lost]")?.dataset.lost;

// What a page asks by itself it asks again, and nobody waits for it; or it says in its own place that it was lost. Nor
// does anybody for what stands on the page no more.
function isByItself({ target, detail }) {
  if (detail.ctx.sourceElement?.isConnected === false) return true;
  if (!target.matches?.(".loaded, #edit-form")) return false;
  if (lostIn(target)) say(detail.ctx.target.textContent = lostIn(target));
  return true;
}

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (isByItself(event) || ctx.sourceElement?.hasAttribute(`hx-status:${ctx.response.status}`)) return;
  tell(noticeIn(ctx.text ?? ""), event.target);
});

document.addEventListener("htmx:error", (event) => {
  if (isByItself(event)) return;
  tell(lostIn(event.target) ?? "Baton could not be reached. Nothing was sent.", event.target);
});
