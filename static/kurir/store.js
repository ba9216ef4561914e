"use strict";
// What the phone keeps in IndexedDB: `rounds` by the address of their page, `attempts` until the site has confirmed them.
// A write that has come back is on the disk. A full disk rejects.
const Store = (() => {
  let opening;

  function db() {
    opening ||= new Promise((resolve, reject) => {
      const asked = indexedDB.open("kurir", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("rounds", { keyPath: "path" });
        asked.result.createObjectStore("attempts", { keyPath: "id" }).createIndex("path", "path");
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opening;
  }

  async function run(stores, mode, work) {
    const opened = await db();
    return new Promise((resolve, reject) => {
      const act = opened.transaction(stores, mode, { durability: "strict" });
      const asked = work(act);
      act.oncomplete = () => resolve(asked && asked.result);
      act.onabort = act.onerror = () => reject(act.error);
    });
  }

  const read = (store, work) => run([store], "readonly", (act) => work(act.objectStore(store)));
  const write = (store, work) => run([store], "readwrite", (act) => work(act.objectStore(store)));

  const round = (path) => read("rounds", (rounds) => rounds.get(path));
  const rounds = () => read("rounds", (all) => all.getAll());
  const keepRound = (one) => write("rounds", (all) => all.put(one));
  const attempts = (path) => read("attempts", (all) => all.index("path").getAll(path));
  const keepAttempt = (one) => write("attempts", (all) => all.put(one));
  const dropAttempts = (ids) => write("attempts", (all) => { ids.forEach((id) => all.delete(id)); });

  // Names and addresses go at once; what is unsent, and the key to send it, stays until the site has it.
  async function bury(path) {
    await run(["rounds", "attempts"], "readwrite", (act) => {
      const rounds = act.objectStore("rounds");
      const unsent = act.objectStore("attempts").index("path").count(path);
      const kept = rounds.get(path);
      kept.onsuccess = () => {
        if (!kept.result) return;
        if (unsent.result === 0) rounds.delete(path);
        else rounds.put({ ...kept.result, cards: null });
      };
    });
  }

  return { round, rounds, keepRound, attempts, keepAttempt, dropAttempts, bury };
})();
