// What the server declares of every verb: its key, its words, and what follows when it was done.
const VERBS = JSON.parse(document.getElementById("verbs")?.textContent ?? "{}");

export const verbOf = (name) => VERBS[name] ?? {};

// The key that this person has for each thing that a single key does.
export const OWN_KEYS = JSON.parse(document.getElementById("keys")?.textContent ?? "{}");

// The sign as it is written; on a keyboard of another script, what stands at that place on a Latin one.
export function namedBy(keys) {
  const names = Object.fromEntries(Object.entries(keys).map(([name, key]) => [key, name]));
  return ({ key, code }) => {
    const latin = /^[^\0-\x7f]$/u.test(key) ? code?.match(/^Key([A-Z])$/)?.[1].toLowerCase() : "";
    return names[key?.toLowerCase()] ?? (latin && names[latin]);
  };
}

// "Approve: refund €184.00" does "refund €184.00"; the other buttons do not say what they do it to.
export function doesOf(submitter) {
  const named = submitter?.querySelector("[data-does]");
  return named?.checkVisibility() ? named.dataset.does : submitter?.ariaLabel?.match(/^Approve: (.*)$/)?.[1];
}

export function said(frame, does, row, { state, outcome }) {
  const word = state === "second" ? "Your part is noted" : (isEach(frame) && wordOf(outcome)) || verbOf(frame.command).done;
  return `${word}: ${does ?? row?.querySelector(".ttl")?.textContent ?? "the case"}`;
}

const isEach = ({ fields }) => Object.keys(fields ?? {}).some((name) => name.startsWith("verdict:"));

// One by one, what was approved of may be nothing of it, or some.
const wordOf = (outcome) => ({
  mixed: "Decided one by one", rejected: verbOf("reject").done, responded: verbOf("respond").done,
})[outcome];
