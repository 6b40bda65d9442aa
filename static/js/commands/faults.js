// A refused form: each fault beside its field, in words; what was typed stays.

// Answers the sentences that belong to no field on the screen.
export function showFaults(form, faults) {
  clear(form);
  const stray = [];
  for (const { pointer, detail } of faults) {
    const field = fieldOf(form, pointer);
    if (field) mark(field, detail);
    else stray.push(detail);
  }
  form.querySelector("[aria-invalid]")?.focus();
  return stray;
}

function clear(form) {
  for (const old of form.querySelectorAll("[data-ui-fault]")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.ariaInvalid = null;
}

// "a1:/amount" is the field "edit:a1:/amount"; "/response/text" is the reply.
function fieldOf(form, pointer) {
  const names = [pointer, `edit:${pointer}`, pointer.split("/").at(-1), ...(pointer.startsWith("/response") ? ["reply"] : [])];
  return [...form.elements].find((field) => !["hidden", "submit"].includes(field.type) && names.includes(field.name));
}

function mark(field, detail) {
  const message = document.getElementById("fault-template").content.firstElementChild.cloneNode(true);
  message.querySelector("[data-text]").textContent = detail;
  field.ariaInvalid = "true";
  // A field that is compared while it is typed in has a place of its own for that.
  const place = document.getElementById(field.getAttribute("aria-describedby"));
  if (place) {
    place.replaceChildren(...message.childNodes);
    place.hidden = false;
  } else {
    message.id = `fault-${crypto.randomUUID()}`;
    (field.closest(".select") ?? field).after(message);
    field.setAttribute("aria-describedby", message.id);
  }
}
