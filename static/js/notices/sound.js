// A short tone, made here and only after this person has touched the page; the switch is in the profile.
import { say } from "./announce.js";
import { store } from "../live/storage.js";

const [TONE_HZ, TONE_S, GAP_S, LOUD] = [740, 0.14, 0.1, 0.12];
let context = null;

const isOn = () => document.documentElement.dataset.sound === "on";

function wake() {
  if (!isOn() || !("AudioContext" in window)) return;
  context ??= new AudioContext();
  context.resume().catch(() => {});
}

for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, wake, { capture: true });

// So many tones. Of several tabs the first rings for all: `mark` counts up.
export function ring(tones, mark = 0) {
  if (!tones || !isOn() || context?.state !== "running" || !isFirst(mark)) return;
  for (let tone = 0; tone < tones; tone++) sound(context.currentTime + tone * (TONE_S + GAP_S));
}

function sound(at) {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()];
  oscillator.frequency.value = TONE_HZ;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUD, at + 0.02);
  gain.gain.linearRampToValueAtTime(0, at + TONE_S);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + TONE_S);
}

// A private window rings for itself.
const isFirst = (mark) => !mark || store((here) => {
  if (Number(here.getItem("baton-rang")) >= mark) return false;
  here.setItem("baton-rang", mark);
}, "localStorage") !== false;

document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-sound-form]")) return;
  const on = event.target.checked;
  document.documentElement.dataset.sound = on ? "on" : "off";
  say(on ? "Sound on" : "Sound off");
  if (on) wake(), ring(1);
});
