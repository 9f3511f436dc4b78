// Words that were sent but not yet answered, kept for this tab only, so a reload or a lost network loses nothing.

const KEY = "steward-unsent";

export function keep(message) {
  write([...read().filter(({ id }) => id !== message.id), message]);
}

export function drop(id) {
  write(read().filter((message) => message.id !== id));
}

export function dropAll() {
  write([]);
}

/** The messages that the server's history does not hold. */
export function all(history) {
  const known = new Set(history.map(({ id }) => id));
  write(read().filter(({ id }) => !known.has(id)));
  return read();
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function write(messages) {
  try {
    if (messages.length > 0) sessionStorage.setItem(KEY, JSON.stringify(messages));
    else sessionStorage.removeItem(KEY);
  } catch {
    // storage is off or full: the talk still works, only a reload would lose the unsent words
  }
}
