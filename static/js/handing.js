// What the dialogs of handing on send, as the frame of the same command has it.
export function handingOf(form, data) {
  switch (form.dataset.command) {
    case "pass_on": return { to: targetOf(data), text: data.get("text") ?? "" };
    case "snooze": return { ...untilOf(data), text: data.get("text") ?? "", comes_back: data.has("comes_back") };
    default: return {};
  }
}

function targetOf(data) {
  const [kind, ...rest] = (data.getAll("to").at(-1) ?? "").split(":");
  if (kind === "person") return { person: rest.join(":") };
  if (kind === "skill") return { skill: data.get("skill"), proficiency: Number(data.get("proficiency")) };
  return kind || {};
}

function untilOf(data) {
  if (data.get("minutes")) return { minutes: Number(data.get("minutes")) };
  return { until: data.get("at") || data.get("until") || "", zone: data.get("zone") };
}
