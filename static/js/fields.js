// From the fields of a command form to the frame of the same command. The names are the HTML contract's.
import { now } from "./time.js";
import { soFar } from "./attention.js";
import { edits, isChanged } from "./edits.js";
import { verbOf } from "./verbs.js";

const PLAIN = ["reason_code", "instructions", "option_id"];
const BESIDE = new Set(["csrfmiddlewaretoken", "version", "id", "digest"]);

export function frameOf(form, submitter, how) {
  const data = new FormData(form, submitter);
  const frame = {
    type: "command",
    command: form.dataset.command,
    id: form.dataset.uiId,
    escalation: escalationOf(form),
    version: Number(data.get("version")),
    issued_at: new Date(now()).toISOString(),
    how,
    ...soFar(),
  };
  if (data.get("digest")) frame.digest = data.get("digest");
  if (!verbOf(frame.command).decides) return { ...frame, fields: filledIn(data) };
  for (const name of PLAIN) if (data.get(name)) frame[name] = data.get(name);
  if (isChanged(form.elements.reply) || form.dataset.command === "respond") frame.response = { text: data.get("reply") ?? "" };
  const actions = [...edits(form), ...verdicts(form)];
  if (actions.length) frame.actions = actions;
  return frame;
}

// The server reads them as it reads the plain form.
const filledIn = (data) => Object.fromEntries([...data].filter(([name]) => !BESIDE.has(name)));

export const escalationOf = (form) =>
  form.dataset.escalation ?? form.closest("[data-escalation]")?.dataset.escalation ?? form.action.split("/").at(-3);

function verdicts(form) {
  const data = new FormData(form);
  return [...data.keys()]
    .filter((name) => name.startsWith("verdict:"))
    .map((name) => ({ action_id: name.slice(8), type: data.get(name) }));
}
