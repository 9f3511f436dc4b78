// Draws questions and answers from the page's templates. Text only ever enters as text nodes.

const STATUS_LABELS = {
  not_stated: "文件未写",
  partial: "部分写明",
  clarify: "请选择",
  out_of_scope: "超出范围",
};
// A line that opens with a bullet or a number hangs, so its second row lines up with its words.
const LIST_LINE = /^(?:[·•●▪–—*-]|\d{1,2}(?:[、)）]|[.．](?!\d))|[①-⑳]|[（(][一二三四五六七八九十\d]{1,3}[）)])\s*/;
const ASIDE_LINE = /^（.*）$/;
const BAR = / ?[▓░]+/g;
const SOURCE_LINE = /^依据：/;
const RULE_LINE = "——"; // what was said before a question that is asked again

/** A question of the person's; `turn.question` is what is drawn, ready to be put in the log. */
export function drawQuestion(text) {
  const turn = shape("question-shape");
  turn.querySelector(".bubble").textContent = text;
  return turn;
}

/** Shows under a question why it was not sent, and one button. */
export function drawFailure(turn, sentence, label, onPress) {
  const box = turn.querySelector(".failure");
  const button = box.querySelector("button");
  box.querySelector("p").textContent = sentence;
  button.textContent = label;
  button.onclick = onPress;
  box.hidden = false;
}

export function hideFailure(turn) {
  turn.querySelector(".failure").hidden = true;
}

/** A reply with its citations. `acts` says what its buttons do: openClause(citation, button), copy(text, button). */
export function drawAnswer(reply, acts) {
  const turn = shape("answer-shape");
  const label = reply.question ? "" : STATUS_LABELS[reply.status];
  if (reply.question) drawProgress(turn, reply.question);
  if (label) {
    const status = turn.querySelector(".status");
    status.textContent = label;
    status.dataset.status = reply.status;
    status.hidden = false;
  }
  drawWords(turn.querySelector(".words"), wordsOf(reply));
  if (reply.link) drawLink(turn, reply.link);
  drawSources(turn.querySelector(".sources"), reply.citations, acts.openClause);
  if (reply.question && reply.citations.length === 0) hideFoot(turn);
  const copy = turn.querySelector(".copy");
  copy.onclick = () => acts.copy(reply.text, copy);
  return turn;
}

// A question that cites nothing is answered, not copied.
function hideFoot(turn) {
  turn.querySelector(".foot").hidden = true;
  turn.querySelector(".bubble").classList.remove("is-bare");
}

// How far a self-check is: the bar says what the row of squares in the text says elsewhere.
function drawProgress(turn, { done, of }) {
  if (of === 0) return;
  const bar = make("progress", "progress");
  bar.max = of;
  bar.value = done;
  bar.setAttribute("aria-label", `自查进度：答了${done}题，约共${of}题`);
  turn.querySelector(".bubble").prepend(bar);
}

// A page of ours that belongs to the answer: the whole result of a self-check, a calendar to subscribe to.
function drawLink(turn, path) {
  const link = make("a", "page", path.startsWith("calendar/") ? "日历链接" : "看完整结果");
  link.href = path;
  turn.querySelector(".words").after(link);
}

/** The next questions or the answers to `question`, under the newest turn only: an old one would be misread. */
export function drawOptions(turn, options, onPress, question) {
  const box = turn.querySelector(".next");
  box.replaceChildren(...options.map((option) => {
    const button = make("button", "chip", option);
    button.type = "button";
    button.onclick = () => onPress(option);
    return button;
  }));
  box.setAttribute("aria-label", question ? "可以这样回答" : "接着可以问");
  box.hidden = options.length === 0;
}

export function drawWaiting() {
  return shape("waiting-shape");
}

/** Puts text into `box` line by line, list lines hanging. */
export function drawWords(box, text) {
  const lines = text.replace(/\s+$/, "").split(/\r\n|\r|\n/);
  box.replaceChildren(...lines.map((line) => {
    const kind = kindOf(line.trim());
    return kind === "rule" ? make("hr", kind) : make("p", kind, line);
  }));
}

function kindOf(line) {
  if (line === "") return "gap";
  if (line === RULE_LINE) return "rule";
  if (LIST_LINE.test(line)) return "item";
  return ASIDE_LINE.test(line) ? "aside" : "line";
}

export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

// What the buttons below say needs no line of its own: the clauses, and the numbered choices of a question back.
function wordsOf({ text: said, citations, options, question }) {
  const text = question ? said.replace(BAR, "") : said;
  const isSaid = (line) => (citations.length > 0 && SOURCE_LINE.test(line)) || isChoice(line, options);
  const lines = text.split("\n");
  return lines.every(isSaid) ? text : lines.filter((line) => !isSaid(line)).join("\n");
}

function isChoice(line, options) {
  return options.some((option, index) => line.startsWith(`${index + 1}. ${option}`));
}

function drawSources(box, citations, openClause) {
  for (const [name, group] of groups(citations)) {
    const row = make("p", "source");
    row.append(make("span", "source-name", name));
    for (const citation of group) row.append(sourceButton(citation, name, openClause));
    box.append(row);
  }
  box.hidden = citations.length === 0;
  box.closest(".bubble").classList.toggle("is-bare", box.hidden);
}

function sourceButton(citation, name, openClause) {
  const button = make("button", "clause", name ? citation.clause : citation.label);
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-label", citation.label);
  button.onclick = () => openClause(citation, button);
  return button;
}

// One row a document: 焦工文〔2015〕6号 [第十二条] [第二十条].
function groups(citations) {
  const rows = new Map();
  for (const citation of citations) {
    const isSplit = citation.label.endsWith(citation.clause);
    const name = isSplit ? citation.label.slice(0, -citation.clause.length).trim() : "";
    if (!rows.has(name)) rows.set(name, []);
    rows.get(name).push(citation);
  }
  return rows;
}

function shape(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
