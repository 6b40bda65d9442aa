// Theme and single keys: shown at once, on this device for the sign-in page too; htmx has them remembered on the person.
import { say } from "../notices/announce.js";
import { store } from "../live/storage.js";

const root = document.documentElement;
const KEYS_TURNED = "baton-single-keys";
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

// A button without a value turns to the other one of what is seen, which the server cannot know.
document.addEventListener("htmx:config:request", ({ target, detail: { ctx: { request: { body } } } }) => {
  if (!target.matches("[data-theme-form]")) return;
  if (!body.has("theme")) body.set("theme", isDark() ? "light" : "dark");
  const theme = body.get("theme");
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  store((here) => here.setItem("baton-theme", theme), "localStorage");
});

function turnKeys(on) {
  root.dataset.keys = on ? "on" : "off";
  for (const box of document.querySelectorAll("[data-keys-form] input[type=checkbox]")) box.checked = on;
}

document.addEventListener("change", ({ target: { checked, form } }) => {
  if (!form?.matches("[data-keys-form]")) return;
  turnKeys(checked);
  // With the time, so that the other tabs hear of it although it was so before.
  store((here) => here.setItem(KEYS_TURNED, `${checked} ${Date.now()}`), "localStorage");
  say(checked ? "Single keys on" : "Single keys off");
});

addEventListener("storage", ({ key, newValue }) => key === KEYS_TURNED && newValue && turnKeys(newValue.startsWith("true")));
