// Theme and single keys: shown at once, on this device for the sign-in page too; htmx has them remembered on the person.
import { say } from "../notices/announce.js";
import { store } from "../live/storage.js";

const root = document.documentElement;
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

document.addEventListener("change", ({ target: { checked, form } }) => {
  if (!form?.matches("[data-keys-form]")) return;
  root.dataset.keys = checked ? "on" : "off";
  for (const box of document.querySelectorAll("[data-keys-form] input[type=checkbox]")) box.checked = checked;
  say(checked ? "Single keys on" : "Single keys off");
});
