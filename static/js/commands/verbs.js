// What the server declares of every verb: its key, its words, and what follows when it was done.
const VERBS = JSON.parse(document.getElementById("verbs")?.textContent ?? "{}");

export const verbOf = (name) => VERBS[name] ?? {};

export const keyed = () => Object.entries(VERBS).filter(([, verb]) => verb.key);
