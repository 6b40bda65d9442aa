// Theme and single keys: shown at once, remembered on the person, and on this device for the sign-in page.
import { say } from "../notices/announce.js";
import { post } from "../live/http.js";
import { store } from "../live/storage.js";

const root = document.documentElement;
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

// A switch turned twice ends as it was turned last: the second is sent once the first was answered.
let last = Promise.resolve();

export function remember(address, pairs) {
  last = last.then(() => post(address, pairs))
    .catch(() => say("Not saved: Baton could not be reached."));
}

function setTheme(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  store((here) => here.setItem("baton-theme", theme), "localStorage");
  remember("/profile/theme/", { theme });
}

export const turnTheme = () => setTheme(isDark() ? "light" : "dark");

function setKeys(isOn) {
  root.dataset.keys = isOn ? "on" : "off";
  for (const box of document.querySelectorAll("[data-keys-form] input[type=checkbox]")) box.checked = isOn;
  say(isOn ? "Single keys on" : "Single keys off");
  remember("/profile/keys/", { on: isOn ? "1" : "" });
}

export const turnKeys = () => setKeys(root.dataset.keys === "off");

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]")) return;
  event.preventDefault();
  turnTheme();
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-keys-form]")) setKeys(event.target.checked);
  if (event.target.closest("[data-theme-choice]")) setTheme(event.target.value);
});
