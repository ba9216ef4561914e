"use strict";
// Talks to the site: each attempt is sent until its id is confirmed, by one tab at a time, signed with the round's key.
const Line = (() => {
  const PATIENCE = 20000;
  const AT_ONCE = 200;

  // Rejects without reception; else the status and what was said.
  async function post(path, what, said, key) {
    const body = JSON.stringify(said);
    const headers = { "Content-Type": "application/json" };
    if (key) headers["X-Tanda-Tangan"] = await Seal.sign(key, body);
    const answer = await fetch(path + what, {
      method: "POST", body, headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE),
    });
    const told = await answer.json().catch(() => ({}));
    return { status: answer.status, told };
  }

  // Whether the site says that this round's link is dead; without reception nobody knows.
  async function isDead(path) {
    try {
      const answer = await fetch(path, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      return answer.status === 404;
    } catch {
      return false;
    }
  }

  function one(path, work) {
    if (!navigator.locks) return work();
    return navigator.locks.request("kirim" + path, { ifAvailable: true }, (lock) => (lock ? work() : { elsewhere: true }));
  }

  // Sends what is unsent, or just asks how things stand. null: no reception; `elsewhere`: another tab is at it.
  function send(path, key, hex) {
    return one(path, async () => {
      let last = null;
      let rest = [];
      do {
        rest = (await Store.attempts(path)).filter((kept) => !kept.refused);
        last = await sendSome(path, key, hex, rest.slice(0, AT_ONCE));
      } while (last && !last.dead && rest.length > AT_ONCE);
      return last;
    });
  }

  async function sendSome(path, key, hex, kept) {
    const attempts = await Promise.all(kept.map((box) => Seal.open(key, box)));
    const answer = await sendThese(path, hex, attempts);
    if (!answer) return null;
    const refused = kept.filter((box) => isRefused(answer, box.id));
    await Promise.all(refused.map((box) => Store.keepAttempt({ ...box, refused: true })));
    const done = kept.filter((box) => answer.received || (answer.answers && answer.answers[box.id] && !isRefused(answer, box.id)));
    if (done.length) await Store.dropAttempts(done.map((box) => box.id));
    return answer;
  }

  async function sendThese(path, hex, attempts) {
    let answer;
    try {
      answer = await post(path, "kirim", { now: new Date().toISOString(), attempts }, hex);
    } catch {
      return null;
    }
    if (answer.status === 404) return { dead: true };
    // anything else that says 200 (a hotel's log-in page) is not the site
    if (answer.status !== 200 || !(answer.told.received || (answer.told.answers && answer.told.cards))) return null;
    return { ...answer.told, dead: Boolean(answer.told.received) };
  }

  function isRefused(answer, id) {
    return Boolean(answer.answers && answer.answers[id] && answer.answers[id].verdict === "refused");
  }

  return { post, isDead, send, sendThese };
})();
