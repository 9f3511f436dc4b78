// The box people type in: it grows, Enter sends, Shift+Enter makes a line, and an input method is left in peace.

const form = document.getElementById("composer");
const box = document.getElementById("text");
const button = document.getElementById("send");
const HAS_KEYBOARD = window.matchMedia("(hover: hover) and (pointer: fine)");
const IME_KEY = 229; // what Safari reports for the Enter that ends a composition

let isComposing = false;
let isBusy = false;

/** Calls `onSend(text)` when the person sends something. */
export function listen(onSend) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(onSend);
  });
  box.addEventListener("compositionstart", () => { isComposing = true; });
  box.addEventListener("compositionend", () => { isComposing = false; });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (isComposing || event.isComposing || event.keyCode === IME_KEY) return;
    event.preventDefault();
    submit(onSend);
  });
  box.addEventListener("input", refresh);
  window.addEventListener("resize", refresh);
  refresh();
}

/** While busy a message is on its way and another one waits its turn in the box. */
export function setBusy(value) {
  isBusy = value;
  refresh();
}

/** Puts text back to be changed. */
export function putBack(text) {
  box.value = box.value.trim() ? `${text}\n${box.value}` : text;
  refresh();
  box.focus();
}

/** Focus for the next question, where that does not pop up a keyboard over the answer. */
export function rest(elsewhere) {
  if (HAS_KEYBOARD.matches) box.focus();
  else elsewhere.focus({ preventScroll: true });
}

function submit(onSend) {
  const text = box.value.trim();
  if (text === "" || isBusy) return;
  box.value = "";
  refresh();
  onSend(text);
}

function refresh() {
  button.setAttribute("aria-disabled", String(isBusy || box.value.trim() === ""));
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`; // the style sheet sets the most it may take
}
