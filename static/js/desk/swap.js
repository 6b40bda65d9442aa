// Puts a briefing from the server into the page: whole for another case, morphed for a change of this one.
import { linesOf, typedIn } from "../commands/drafts.js";
import { buttons, buttonsChanged } from "./hand.js";

let morph = null;

htmx.registerExtension("baton", { init: (api) => { morph = api.morph; } });

// A field named "id" hides the form's own id from every script, and a morph would take each form for a new one.
export function prepare(root) {
  for (const input of root.querySelectorAll('form.command input[name="id"]')) {
    input.closest("form").dataset.uiId = input.value;
    input.remove();
  }
}

export const parse = (text) => briefingIn(pageOf(text));
export const pageOf = (text) => new DOMParser().parseFromString(text, "text/html");

export function briefingIn(page) {
  const fresh = page?.getElementById("briefing");
  if (fresh) prepare(fresh);
  return fresh && document.importNode(fresh, true);
}

// What came with it, in `page`, is told along.
export function replace(old, fresh, page = null) {
  old.replaceWith(fresh);
  htmx.process(fresh);
  settled({ page });
}

// What is typed, unfolded or focused stays.
export function renew(old, fresh, page = null) {
  const lost = written(old).filter(({ form }) => !fresh.querySelector(`form.command[data-command="${form}"]`));
  const [before, isSame] = [buttons(), old.dataset.version === fresh.dataset.version];
  morphed(old, fresh);
  if (buttons() !== before) buttonsChanged();
  settled({ isSame, page });
  return lost.map(({ text }) => text);
}

export function morphed(old, fresh) {
  const fragment = document.createDocumentFragment();
  fragment.append(fresh);
  morph(old, fragment, false);
  htmx.process(document.getElementById(fresh.id));
}

// What somebody wrote and has not sent, by the command it was for.
const written = (briefing) => [...briefing.querySelectorAll("form.command")]
  .flatMap((form) => linesOf(form, typedIn(form)).map((text) => ({ form: form.dataset.command, text })));

const settled = (detail) => document.dispatchEvent(new CustomEvent("baton:swapped", { detail }));

prepare(document);
