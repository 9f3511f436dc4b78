// The five things the page asks of the server. Every failure comes back as one Trouble with a sentence to show.

const PATIENCE_MS = 20_000;

const SENTENCES = {
  400: "这句话没能读懂，请改一改再发。",
  403: "这次请求没有被接受，请刷新页面后再试。",
  404: "没有找到这一条。",
  413: "内容太长了，请删短一些再发。",
  429: "问得有点快，请稍等片刻再试。",
};
const CHINESE = /[\u4e00-\u9fff]/;
const OFFLINE = "没有连上服务，请检查网络后重试。";
const BROKEN = "服务暂时出了点问题，请稍后重试。";

/** What went wrong, in a sentence for people; `isFinal` when sending the same again cannot help. */
export class Trouble extends Error {
  constructor(sentence, isFinal) {
    super(sentence);
    this.isFinal = isFinal;
  }
}

/**
 * Sends a message; `question` is the question whose button was pressed.
 * @returns {Promise<{id, text, status, citations: {document, clause, label}[], options: string[], link: string,
 *   question?: {id, kind, done, of}}>}
 */
export async function sendMessage({ id, text, question }) {
  return ask("api/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id, text, question }),
  });
}

/** @returns {Promise<{id, text, reply}[]>} oldest first */
export async function readHistory() {
  return (await ask("api/messages")).messages;
}

/** @returns {Promise<{id, text, status, citations, options, link}[]>} what the service told this browser unasked, oldest first */
export async function readPushes() {
  return (await ask("api/pushes")).pushes;
}

/** Deletes everything the service keeps about this browser. */
export async function forgetMe() {
  await ask("api/messages", { method: "DELETE" });
}

/** @returns {Promise<{reference, heading, sentences, notes, passage, where_to_read}>} */
export async function readClause({ document, clause }) {
  return ask(`api/clauses/${encodeURIComponent(document)}/${encodeURIComponent(clause)}`);
}

/** A message id; randomUUID is missing where the page is served without TLS from another machine. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function ask(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, { credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options });
    if (!response.ok) throw await trouble(response);
    return response.status === 204 ? null : await response.json();
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(error instanceof SyntaxError ? BROKEN : OFFLINE, false);
  } finally {
    clearTimeout(timer);
  }
}

async function trouble(response) {
  const said = await response.json().then((body) => body.error, () => null);
  const isOurs = typeof said === "string" && CHINESE.test(said); // and not some proxy's error page
  const isFinal = response.status >= 400 && response.status < 500 && response.status !== 429 && response.status !== 408;
  return new Trouble(isOurs ? said : (SENTENCES[response.status] ?? BROKEN), isFinal);
}
