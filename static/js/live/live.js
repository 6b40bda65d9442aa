// The connection every part of the page shares.
import { Connection } from "./connection.js";

export const connection = new Connection(document.querySelector("baton-live")?.dataset.address ?? "/ws/");

export const onFrame = (type, listener) =>
  connection.addEventListener("frame", (event) => event.detail.type === type && listener(event.detail));

export const onState = (listener) => connection.addEventListener("state", (event) => listener(event.detail));

// A question outside a form, such as `claim`: the frame's id and time are filled in here.
export const newFrame = (command, fields) => ({ type: "command", command, id: crypto.randomUUID(), ...fields });
