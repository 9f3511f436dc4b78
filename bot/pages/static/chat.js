// The web chat: a question is sent, its answer drawn; history comes from the server, nothing is kept here but unsent words.

import { forgetMe, newId, readHistory, readPushes, sendMessage } from "./api.js";
import * as composer from "./composer.js";
import { drawAnswer, drawFailure, drawOptions, drawQuestion, drawWaiting, hideFailure } from "./drawing.js";
import { makeClosable, openClause, openDialog } from "./sheet.js";
import * as unsent from "./unsent.js";

const WAITING_AFTER_MS = 300; // most answers are there sooner, and dots that only flash disturb
const LOOK_EVERY_MS = 15_000; // for what comes unasked; a look costs the server as good as nothing
const talk = document.getElementById("talk");
const log = document.getElementById("log");
const welcome = document.getElementById("welcome");
const lost = document.getElementById("lost");
const said = document.getElementById("said");
const clearDialog = document.getElementById("clear");
const clearOpener = document.getElementById("clear-open");
const acts = { openClause, copy };
let isSending = false;

start();

function start() {
  composer.listen((text) => send({ id: newId(), text }));
  for (const button of welcome.querySelectorAll("[data-question]")) {
    button.onclick = () => send({ id: newId(), text: button.dataset.question });
  }
  document.querySelector(".skip").onclick = (event) => {
    event.preventDefault();
    document.getElementById("text").focus();
  };
  document.getElementById("lost-retry").onclick = restore;
  document.getElementById("clear-do").onclick = clear;
  clearOpener.onclick = () => openDialog(clearDialog, clearOpener);
  makeClosable(clearDialog);
  makeClosable(document.getElementById("clause"));
  followKeyboard();
  restore().then(() => setInterval(look, LOOK_EVERY_MS));
  document.addEventListener("visibilitychange", look);
}

/** Shows what came unasked since: reminders. */
async function look() {
  if (document.hidden || isSending) return;
  const pushes = await readPushes().catch(() => []); // the next look is soon
  const here = new Set(Array.from(log.children, (turn) => turn.dataset.id));
  for (const push of pushes.filter(({ id }) => !here.has(id))) {
    welcome.hidden = true;
    dropOptions();
    const turn = drawPush(push);
    log.append(turn);
    offer(turn, push);
    reveal(turn);
  }
}

function drawPush(push) {
  const turn = drawAnswer(push, acts);
  turn.dataset.id = push.id;
  return turn;
}

/** Sends a message, or sends one again: the same id always gets the same answer. */
async function send(message, turn = drawQuestion(message.text)) {
  if (isSending) return;
  busy(true);
  hideFailure(turn);
  unsent.keep(message);
  turn.dataset.id = message.id;
  welcome.hidden = true;
  dropOptions();
  log.append(turn);
  composer.rest(talk);
  reveal(turn);
  const waiting = waitUnder(turn);
  try {
    answer(message, turn, await sendMessage(message));
  } catch (error) {
    fail(message, turn, error);
  } finally {
    waiting.stop();
    busy(false);
  }
}

function answer(message, turn, reply) {
  unsent.drop(message.id);
  const drawn = drawAnswer(reply, acts);
  offer(drawn, reply);
  turn.after(drawn);
  reveal(turn);
}

function fail(message, turn, trouble) {
  if (trouble.isFinal) {
    unsent.drop(message.id);
    drawFailure(turn, trouble.message, "修改后再发", () => { turn.remove(); showWelcomeIfEmpty(); composer.putBack(message.text); });
  } else {
    drawFailure(turn, trouble.message, "重试", () => send(message, turn));
  }
  say(trouble.message);
  reveal(turn);
}

async function restore() {
  lost.hidden = true;
  let messages = [];
  try {
    messages = await readHistory();
  } catch {
    lost.hidden = false;
  }
  const here = new Set(Array.from(log.children, (turn) => turn.dataset.id));
  const older = messages.filter(({ id }) => !here.has(id)).flatMap(drawPair);
  log.setAttribute("aria-live", "off"); // the old talk is not read out
  log.prepend(...older);
  if (older.length > 0 && older.at(-1) === log.lastElementChild) offer(older.at(-1), messages.at(-1).reply);
  for (const message of unsent.all(messages).filter(({ id }) => !here.has(id))) {
    const turn = drawQuestion(message.text);
    turn.dataset.id = message.id;
    drawFailure(turn, "这句话还没有送到。", "重试", () => send(message, turn));
    log.append(turn);
  }
  showWelcomeIfEmpty();
  talk.scrollTop = log.childElementCount > 0 ? talk.scrollHeight : 0;
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

function drawPair({ id, text, reply }) {
  if (text === "") return [drawPush({ ...reply, id })];
  const turn = drawQuestion(text);
  turn.dataset.id = id;
  return [turn, drawAnswer(reply, acts)];
}

async function clear() {
  const problem = document.getElementById("clear-error");
  problem.hidden = true;
  busy(true);
  try {
    await forgetMe();
    unsent.dropAll();
    log.replaceChildren();
    lost.hidden = true;
    showWelcomeIfEmpty();
    talk.scrollTop = 0;
    clearDialog.close();
    say("已清除。");
  } catch (trouble) {
    problem.textContent = trouble.message;
    problem.hidden = false;
  } finally {
    busy(false);
  }
}

async function copy(text, button) {
  const label = button.querySelector(".copied");
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false) || copyOldWay(text);
  label.textContent = isCopied ? "已复制" : "没能复制";
  say(label.textContent);
  setTimeout(() => { label.textContent = ""; }, 2000);
}

// Without TLS there is no navigator.clipboard.
function copyOldWay(text) {
  const box = document.createElement("textarea");
  const before = document.activeElement;
  box.value = text;
  box.className = "unseen";
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  before.focus();
  return isCopied;
}

function offer(turn, reply) {
  const press = (option) => send({ id: newId(), text: option, question: reply.question?.id });
  drawOptions(turn, reply.options, press, reply.question);
}

function dropOptions() {
  for (const turn of log.querySelectorAll(".answer")) drawOptions(turn, []);
}

function waitUnder(turn) {
  const dots = drawWaiting();
  const timer = setTimeout(() => { turn.after(dots); reveal(turn); }, WAITING_AFTER_MS);
  return { stop() { clearTimeout(timer); dots.remove(); } };
}

// Brings the newest turn in sight: its question at the top if the answer is long, else the end of the talk.
function reveal(turn) {
  const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  talk.scrollTo({ top: turn.offsetTop - 16, behavior: isStill ? "auto" : "smooth" });
}

function showWelcomeIfEmpty() {
  welcome.hidden = log.childElementCount > 0;
}

function busy(value) {
  isSending = value;
  clearOpener.disabled = value;
  composer.setBusy(value);
}

function say(sentence) {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = sentence; });
}

// iOS lays its keyboard over the page; the page then takes the height that is left.
function followKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    if (view.scale > 1.01) return; // somebody zoomed in: leave the layout alone
    const isCovered = window.innerHeight - view.height > 80;
    document.documentElement.style.setProperty("--height", isCovered ? `${view.height}px` : "100dvh");
    if (isCovered) window.scrollTo(0, 0);
  };
  view.addEventListener("resize", fit);
}
