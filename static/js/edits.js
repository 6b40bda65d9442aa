// The edited calls of a form: the proposed arguments with what was changed, every other value as it was.
export const isChanged = (input) => Boolean(input) && valueOf(input) !== (input.dataset.was ?? input.defaultValue);

export const valueOf = (input) =>
  input.type === "checkbox" ? String(input.checked) : input.value.replaceAll("\r\n", "\n");

export function edits(form) {
  const edited = new Map();
  const call = (action) => {
    if (!edited.has(action)) edited.set(action, { args: JSON.parse(form.elements[`args:${action}`].value) });
    return edited.get(action);
  };
  for (const input of form.querySelectorAll("[data-pointer]:not([data-drop])")) {
    if (isChanged(input)) put(call(input.dataset.action), input);
  }
  const dropped = [...form.querySelectorAll("[data-drop]:checked")];
  for (const tick of dropped.reverse()) removeAt(call(tick.dataset.action).args, tick.dataset.pointer);
  for (const tool of form.querySelectorAll('select[name^="tool:"]')) {
    if (isChanged(tool)) call(tool.name.slice("tool:".length));
  }
  return [...edited].map(([action_id, { args }]) => ({
    action_id,
    type: "edit",
    edited: { name: form.elements[`tool:${action_id}`].value, args },
  }));
}

function put(call, input) {
  const { pointer, empty } = input.dataset;
  const text = valueOf(input);
  if (pointer === "") call.args = typed(input, text);
  else if (text === "" && empty === "absent") removeAt(call.args, pointer);
  else if ("spare" in input.dataset) append(call.args, pointer, typed(input, text));
  else setAt(call.args, pointer, typed(input, text));
}

// What cannot be read as its kind goes as it was typed: the server names the fault beside the field.
function typed(input, text) {
  if (text === "" && input.dataset.empty === "null") return null;
  switch (input.dataset.kind) {
    case "integer": return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
    case "number": return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    case "boolean": return text === "true";
    case "choice":
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

// RFC 6901. An optional object or list that the proposal left out is made on the way.
const keysOf = (pointer) => pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));

function placeOf(args, pointer) {
  const keys = keysOf(pointer);
  const last = keys.pop();
  let place = args;
  for (const key of keys) {
    if (!Object.hasOwn(place, key) || place[key] === null) define(place, key, {});
    place = place[key];
  }
  return [place, last];
}

const define = (place, key, value) =>
  Object.defineProperty(place, key, { value, writable: true, enumerable: true, configurable: true });

function setAt(args, pointer, value) {
  const [place, last] = placeOf(args, pointer);
  define(place, last, value);
}

function removeAt(args, pointer) {
  const [place, last] = placeOf(args, pointer);
  if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete place[last];
}

function append(args, pointer, value) {
  const [place, last] = placeOf(args, pointer.slice(0, pointer.lastIndexOf("/")));
  if (!Array.isArray(place[last])) define(place, last, []);
  place[last].push(value);
}
