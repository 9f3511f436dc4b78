// The clause sheet and the plain dialogs: open, close by Esc, button or backdrop, and give the focus back.

import { readClause } from "./api.js";
import { drawWords, make } from "./drawing.js";

const sheet = document.getElementById("clause");
const title = document.getElementById("clause-title");
const body = sheet.querySelector(".sheet-body");
let asked = 0;

/** Opens a <dialog>; when it closes, the focus returns to `opener`. */
export function openDialog(dialog, opener) {
  dialog.addEventListener("close", () => { if (opener.isConnected) opener.focus(); }, { once: true });
  dialog.showModal();
}

/** Lets the buttons marked data-close and a press beside the dialog close it. */
export function makeClosable(dialog) {
  for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog && isOutside(dialog, event)) dialog.close();
  });
}

/** Shows a cited clause: our words, notes, the original passage where the service has it, where to read it. */
export async function openClause(citation, opener) {
  title.textContent = citation.label;
  body.replaceChildren(make("p", "loading", "正在取这一条……"));
  openDialog(sheet, opener);
  title.focus();
  await fill(citation);
}

async function fill(citation) {
  const mine = ++asked;
  let parts;
  try {
    parts = clauseParts(await readClause(citation));
  } catch (error) {
    parts = [make("p", "problem", error.message), retryButton(citation, error)];
  }
  if (mine !== asked) return; // another clause was opened meanwhile
  body.replaceChildren(...parts.filter(Boolean));
  body.scrollTop = 0;
}

function clauseParts(view) {
  title.textContent = view.reference;
  return [
    view.heading && make("p", "clause-heading", view.heading),
    view.sentences.length > 0 && part("要点", list(view.sentences)),
    view.notes.length > 0 && part("说明", list(view.notes)),
    view.passage && part("原文", passage(view.passage)),
    view.where_to_read && part("在哪里看", make("p", "", view.where_to_read)),
  ];
}

function part(name, content) {
  const section = make("section", "part");
  section.append(make("h3", "", name), content);
  return section;
}

function list(sentences) {
  const items = make("ul", "points");
  items.append(...sentences.map((sentence) => make("li", "", sentence)));
  return items;
}

function passage(text) {
  const quote = make("blockquote", "passage");
  drawWords(quote, text);
  return quote;
}

function retryButton(citation, error) {
  if (error.isFinal) return null;
  const button = make("button", "plain", "重试");
  button.type = "button";
  button.onclick = () => { title.focus(); fill(citation); };
  return button;
}

function isOutside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
