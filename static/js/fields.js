// From the fields of a command form to the frame of the same command. The names are the HTML contract's.
import { now } from "./time.js";
import { soFar } from "./attention.js";

const PLAIN = ["reason_code", "instructions", "option_id"];

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
  if (data.get("extend")) frame.extend = true;
  for (const name of PLAIN) if (data.get(name)) frame[name] = data.get(name);
  if (isChanged(form.elements.reply) || form.dataset.command === "respond") frame.response = { text: data.get("reply") ?? "" };
  const actions = [...edits(form), ...verdicts(form)];
  if (actions.length) frame.actions = actions;
  return frame;
}

export const escalationOf = (form) =>
  form.dataset.escalation ?? form.closest("[data-escalation]")?.dataset.escalation ?? form.action.split("/").at(-3);

export function isChanged(input) {
  if (!input) return false;
  const was = input.dataset.was ?? input.defaultValue;
  return valueOf(input) !== was;
}

export const valueOf = (input) => (input.type === "checkbox" ? String(input.checked) : input.value.replaceAll("\r\n", "\n"));

function edits(form) {
  const changed = new Map();
  for (const input of form.querySelectorAll('[name^="edit:"]')) {
    if (!isChanged(input)) continue;
    const [, action_id, pointer] = input.name.match(/^edit:([^:]+):(.*)$/s);
    if (!changed.has(action_id)) changed.set(action_id, JSON.parse(form.elements[`args:${action_id}`]?.value || "{}"));
    setAt(changed.get(action_id), pointer, typed(input));
  }
  return [...changed].map(([action_id, args]) => ({
    action_id,
    type: "edit",
    edited: { name: form.elements[`tool:${action_id}`]?.value ?? "", args },
  }));
}

function verdicts(form) {
  const edited = new Set(edits(form).map((edit) => edit.action_id));
  const data = new FormData(form);
  return [...data.keys()]
    .filter((name) => name.startsWith("verdict:") && !edited.has(name.slice(8)))
    .map((name) => ({ action_id: name.slice(8), type: data.get(name) }));
}

// What cannot be read as its kind goes as it was typed: the server names the fault beside the field.
function typed(input) {
  const text = valueOf(input);
  switch (input.dataset.kind) {
    case "integer": return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
    case "number": return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    case "boolean": return text === "true";
    case "null": return text === "" ? null : text;
    case "json": return parsed(text);
    default: return text;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// RFC 6901. The proposal already has every parent, since the form was drawn from it.
function setAt(args, pointer, value) {
  const keys = pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop();
  let place = args;
  for (const key of keys) place = place[key] ??= {};
  Object.defineProperty(place, last, { value, writable: true, enumerable: true, configurable: true });
}
