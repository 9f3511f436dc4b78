// Seals and opens with an implementation of another hand: a JSON line in, a JSON line out.
"use strict";
const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");

const load = createRequire(path.join(process.argv[2], "package.json"));
const work = load("@wecom/crypto");
const WXBizMsgCrypt = load("wechat-crypto");

function answer({ peer, op, token, key, id, text, timestamp, nonce, sealed }) {
  const other = new WXBizMsgCrypt(token, key, id);
  if (op === "seal") {
    const made = peer === "work" ? work.encrypt(key, text, id) : other.encrypt(text);
    const signature =
      peer === "work"
        ? work.getSignature(token, timestamp, nonce, made)
        : other.getSignature(timestamp, nonce, made);
    return { sealed: made, signature };
  }
  const opened = peer === "work" ? work.decrypt(key, sealed) : other.decrypt(sealed);
  const signature =
    peer === "work"
      ? work.getSignature(token, timestamp, nonce, sealed)
      : other.getSignature(timestamp, nonce, sealed);
  return { text: opened.message, id: opened.id, signature };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(answer(JSON.parse(line))));
});
