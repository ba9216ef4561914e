"use strict";
// The courier's round on a phone, with or without reception. Without this script the same pages are forms.
(() => {
  const path = location.pathname;
  const main = document.getElementById("isi");
  const AGAIN = ["not_home", "address_not_found"];
  const WRONG_TRIES = 5;
  const LOOK_EVERY = 60000;
  const TRY_EVERY = 15000;
  const CLOCK_OFF = 3600000;
  const SAID = {
    delivered: "Diserahkan", not_home: "Tidak di rumah", moved: "Pindah", refused: "Menolak", deceased: "Meninggal",
    address_not_found: "Alamat tidak ketemu", wrong_data: "Data di kartu salah", cancelled: "Dibatalkan: kembalikan",
    back: "Sudah kembali", lost: "Dilaporkan hilang",
  };
  const TAKE = { ktp: "KTP lama", surat: "surat kehilangan dari polisi", suket: "suket" };
  const round = { key: null, told: null, cards: [], unsent: [], refused: 0, reached: true, sentAt: null, clockOff: false, full: false, ready: false, again: false };
  const others = "BroadcastChannel" in window ? new BroadcastChannel("kurir") : { postMessage() {} };

  if (!window.isSecureContext || !window.indexedDB || !crypto.subtle || !/^\/kurir\/[\w-]{22}\/$/.test(path)) return;

  // --- the PIN -------------------------------------------------------------------------------------------------

  const form = document.getElementById("masuk");
  if (!form) return;
  history.replaceState(null, "", path);
  forgetTheDead();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await enter(form.pin.value.replace(/\D/g, ""));
    } catch {
      complain("HP ini tidak dapat membuka putaran. Muat ulang halaman, lalu coba lagi.");
    }
    button.disabled = false;
  });

  async function enter(pin) {
    if (pin.length !== 6) return complain("PIN terdiri dari 6 angka.");
    const kept = await Store.round(path).catch(() => undefined);
    let answer;
    try {
      answer = await Line.post(path, "masuk", { pin });
    } catch {
      return enterAlone(kept, pin);
    }
    if (answer.status === 200) return begin(kept, pin, answer.told);
    if (answer.status === 404) return enterTheDead(kept, pin);
    if (answer.status !== 403) return enterAlone(kept, pin);
    if (answer.told.left > 0) return complain(`PIN salah. Sisa ${answer.told.left} kali mencoba.`);
    // locked by somebody's guesses: a phone that has the round goes on, a new one waits for the officer
    if (kept && await unseal(kept, pin)) return show();
    complain("Tautan ini terkunci karena PIN salah lima kali. Telepon petugas kecamatan untuk membukanya.");
  }

  async function enterAlone(kept, pin) {
    if (!kept) return complain("Belum ada sinyal. Untuk pertama kali, putaran ini perlu sinyal.");
    if ((kept.wrong || 0) >= WRONG_TRIES) return complain("PIN salah lima kali. Cari sinyal, lalu coba lagi.");
    round.reached = false;
    if (await unseal(kept, pin)) {
      if (kept.wrong) await Store.keepRound({ ...kept, wrong: 0 }).catch(() => {});
      return show();
    }
    await Store.keepRound({ ...kept, wrong: (kept.wrong || 0) + 1 });
    complain(`PIN salah. Sisa ${WRONG_TRIES - 1 - (kept.wrong || 0)} kali mencoba.`);
  }

  async function enterTheDead(kept, pin) {
    await Store.bury(path);
    if (kept && await unseal({ ...kept, cards: null }, pin)) await send();
    return ended();
  }

  async function begin(kept, pin, told) {
    const salt = kept ? kept.salt : Seal.random(16);
    const rounds = kept ? kept.rounds : Seal.ROUNDS;
    round.key = await Seal.keyFrom(pin, salt, rounds);
    take(told);
    round.frame = { path, salt, rounds, wrong: 0 };
    await keep();
    await readUnsent();
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    if (navigator.serviceWorker) {
      navigator.serviceWorker.register("/kurir/sw.js", { scope: "/kurir/" })
        .then(() => navigator.serviceWorker.ready).then(() => { round.ready = !round.full; draw(); }).catch(() => {});
    }
    show();
  }

  async function unseal(kept, pin) {
    try {
      const key = await Seal.keyFrom(pin, kept.salt, kept.rounds);
      round.told = await Seal.open(key, kept.box);
      round.cards = kept.cards ? await Seal.open(key, kept.cards) : [];
      round.key = key;
    } catch {
      return false;
    }
    round.frame = { path, salt: kept.salt, rounds: kept.rounds, wrong: 0 };
    round.ready = true;
    await readUnsent();
    return true;
  }

  function take(told) {
    round.cards = told.cards;
    round.told = { ...told, cards: undefined };
  }

  async function keep() {
    const kept = { ...round.frame, box: await Seal.seal(round.key, round.told), cards: await Seal.seal(round.key, round.cards) };
    try {
      await Store.keepRound(kept);
      round.full = false;
    } catch {
      round.full = true;
    }
  }

  async function readUnsent() {
    const kept = await Store.attempts(path).catch(() => []);
    round.refused = kept.filter((box) => box.refused).length;
    round.unsent = await Promise.all(kept.map((box) => Seal.open(round.key, box)));
  }

  // Rounds that ended while nobody looked: their names go as soon as there is reception, without a PIN.
  async function forgetTheDead() {
    const kept = await Store.rounds().catch(() => []);
    for (const one of kept) {
      if (!(await Line.isDead(one.path))) continue;
      await Store.bury(one.path);
      if (one.path === path && !round.key && !(await Store.attempts(path)).length) await ended();
    }
  }

  // --- sending -------------------------------------------------------------------------------------------------

  async function send() {
    if (!round.key || round.gone) return;
    const answer = await Line.send(path, round.key, round.told.key).catch(() => null);
    // whoever is at it may have begun before this attempt was saved
    if (answer && answer.elsewhere) round.again = true;
    await readUnsent();
    if (answer && answer.elsewhere) return draw();
    round.reached = Boolean(answer);
    if (!answer) return draw();
    if (answer.dead) return ended();
    await learn(answer);
    others.postMessage({ path, sent: true });
    draw();
    sendAgain();
  }

  function sendAgain() {
    if (!round.again) return;
    round.again = false;
    send();
  }

  async function learn(answer) {
    round.sentAt = new Date();
    round.clockOff = Math.abs(Date.parse(answer.now) - Date.now()) > CLOCK_OFF;
    const now = new Map(answer.cards.map((card) => [card.id, card]));
    round.cards = round.cards.map((card) => {
      const told = now.get(card.id);
      if (!told) return card;
      return told.done ? { ...card, ...told, address: "", phone: "" } : { ...card, ...told };
    });
    await keep();
  }

  // Saved first, then sent. On a full disk the site is asked at once; if neither works the form stays as it is.
  async function record(attempt) {
    const box = await Seal.seal(round.key, attempt);
    try {
      await Store.keepAttempt({ id: attempt.id, path, ...box });
    } catch {
      const answer = await Line.sendThese(path, round.told.key, [attempt]);
      if (!answer || answer.dead) return false;
      await learn(answer);
      return true;
    }
    round.unsent.push(attempt);
    others.postMessage({ path });
    send();
    return true;
  }

  async function ended() {
    await Store.bury(path).catch(() => {});
    round.cards = [];
    round.gone = true;
    if (round.key) await readUnsent();
    location.hash = "";
    draw();
  }

  // --- screens -------------------------------------------------------------------------------------------------

  function show() {
    form.remove();
    window.addEventListener("hashchange", () => draw(true));
    window.addEventListener("online", send);
    window.addEventListener("offline", () => { round.reached = false; draw(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
    others.onmessage = async (event) => {
      if (event.data.path !== path || !round.key) return;
      if (event.data.sent) [round.reached, round.sentAt] = [true, new Date()];
      await reread();
      draw();
      if (event.data.sent) sendAgain();
    };
    setInterval(() => { if (round.unsent.length) send(); }, TRY_EVERY);
    setInterval(send, LOOK_EVERY);
    draw(true);
    send();
  }

  async function reread() {
    await readUnsent();
    const kept = await Store.round(path).catch(() => null);
    if (kept && kept.cards) round.cards = await Seal.open(round.key, kept.cards);
  }

  // Redraws what is seen; a form that somebody is filling in is left alone, only the top line moves.
  function draw(moved) {
    if (!round.key && !round.gone) return;
    topLine();
    const [what, id] = location.hash.slice(1).split("-");
    const card = round.cards.find((one) => String(one.id) === id);
    const filling = ["serah", "gagal"].includes(what) && card;
    if (filling && !moved) return;
    if (round.told && round.told.waits && !round.gone && !moved && document.getElementById("jumlah")) return;
    if (round.gone) screenEnded();
    else if (round.told.waits) screenCount();
    else if (filling && !isDone(card)) screenForm(card, what === "serah");
    else if (card) screenCard(card);
    else screenList();
    const title = main.querySelector("h1");
    document.title = `${title.textContent} – e-KTP Bekasi`;
    if (moved) {
      title.tabIndex = -1;
      title.focus();
      window.scrollTo(0, 0);
    }
  }

  function topLine() {
    let line = document.querySelector(".top");
    if (!line) {
      line = copy("atas").querySelector(".top");
      main.before(line);
    }
    const unsent = round.unsent.length - round.refused;
    const [kind, words] = unsent ? ["unsent", `${unsent} tersimpan di HP ini, belum terkirim`]
      : round.refused ? ["unsent", `${round.refused} tidak dapat dicatat: tunjukkan HP ini ke petugas`]
      : !round.reached ? ["offline", "Tanpa sinyal; boleh lanjut"]
      : ["sent", round.sentAt && !(round.told && round.told.waits) ? `Semua terkirim ${clock(round.sentAt)}` : "Tersambung"];
    const warn = round.clockOff ? ". Jam HP ini salah, mohon dibetulkan" : round.full ? ". HP penuh: hapus foto atau video" : "";
    const full = words + warn;
    line.className = `top ${kind}`;
    if (line.firstChild.textContent !== full) line.firstChild.textContent = full;
  }

  function screenCount() {
    const screen = copy("hitung");
    const held = screen.querySelector(".held");
    held.hidden = round.told.held_back.length === 0;
    for (const one of round.told.held_back) held.querySelector("ul").append(item(`Nomor ${one.n}, ${one.name}`));
    screen.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const count = Number(event.target.jumlah.value.replace(/\D/g, ""));
      const answer = await Line.post(path, "terima", { count }, round.told.key).catch(() => null);
      if (!answer) return complain("Belum ada sinyal. Jumlah kartu dicatat di kantor, jadi perlu sinyal.");
      if (answer.status === 404) return ended();
      if (answer.status !== 200) return complain(answer.told.message || "Belum tercatat. Coba lagi.");
      take(answer.told);
      await keep();
      draw(true);
    });
    put(screen);
  }

  function screenList() {
    const screen = copy("daftar");
    const left = round.cards.filter((card) => !isDone(card));
    const next = left.find((card) => !unsentOf(card).length && card.tries === 3) || left.find((card) => !unsentOf(card).length) || left[0];
    screen.querySelector("h1").textContent = left.length ? `${left.length} kartu lagi` : "Semua kartu sudah dicatat";
    screen.querySelector(".lead").textContent = left.length === 0
      ? "Bawa kartu yang tersisa, juga KTP lama dan surat yang Anda ambil, ke petugas kecamatan."
      : round.ready ? `Siap tanpa sinyal: ${round.cards.length} kartu.` : "Belum siap tanpa sinyal. Tunggu sebentar.";
    const start = screen.querySelector(".start");
    start.hidden = !next;
    if (next) start.firstChild.addEventListener("click", () => { location.hash = `kartu-${next.id}`; });
    for (const card of round.cards) screen.querySelector(".cards").append(line(card));
    screen.querySelector(".send").addEventListener("click", send);
    screen.querySelector(".lost").textContent = `HP hilang? Telepon ${round.told.office}${round.told.phone ? `, ${round.told.phone}` : ""}.`;
    put(screen);
  }

  function line(card) {
    const row = copy("baris");
    row.querySelector(".n").textContent = card.n;
    row.querySelector(".name").textContent = card.name;
    row.querySelector(".place").textContent = card.place;
    tag(row.querySelector(".tag"), card);
    row.querySelector("button").addEventListener("click", () => { location.hash = `kartu-${card.id}`; });
    return row;
  }

  function tag(place, card) {
    if (unsentOf(card).length) place.textContent = "Tersimpan di HP ini";
    else if (card.done || card.tries < 3) {
      place.textContent = card.done ? `Terkirim: ${SAID[card.done] || card.done}` : `Terkirim; sisa ${card.tries} kali`;
      if (card.done) place.classList.add("good");
    }
  }

  function screenCard(card) {
    const screen = copy("kartu");
    screen.querySelector("h1").textContent = card.name;
    fill(screen.querySelector(".address"), card.address);
    fill(screen.querySelector(".place"), card.place);
    const phone = screen.querySelector(".phone");
    phone.hidden = !card.phone;
    phone.firstChild.textContent = card.phone;
    phone.firstChild.href = `tel:${card.phone}`;
    fill(screen.querySelector(".take"), !isDone(card) && card.take.length ? `Ambil: ${card.take.map((one) => TAKE[one]).join(", ")}.` : "");
    const unsent = unsentOf(card);
    const done = isDone(card);
    fill(screen.querySelector(".state"), unsent.length ? `Tersimpan di HP ini: ${SAID[unsent[unsent.length - 1].outcome]}.`
      : card.done ? `Terkirim: ${SAID[card.done] || card.done}.` : card.tries < 3 ? `Sisa ${card.tries} kali datang ke rumah ini.` : "");
    screen.querySelector(".two").hidden = done;
    screen.querySelector(".to-list").addEventListener("click", () => { location.hash = ""; });
    screen.querySelector(".yes").addEventListener("click", () => { location.hash = `serah-${card.id}`; });
    screen.querySelector(".no").addEventListener("click", () => { location.hash = `gagal-${card.id}`; });
    put(screen);
  }

  function screenForm(card, delivered) {
    const screen = copy(delivered ? "serah" : "gagal");
    screen.querySelector("h1").textContent = `${delivered ? "Diserahkan" : "Tidak dapat diserahkan"}: ${card.name}`;
    screen.querySelector(".to-card").addEventListener("click", () => { location.hash = `kartu-${card.id}`; });
    const its = screen.querySelector("form");
    const id = Seal.uuid();
    its.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = its.querySelector("button");
      if (button.disabled) return;
      const said = new FormData(its);
      const outcome = delivered ? "delivered" : said.get("hasil");
      const to = delivered ? said.get("kepada") : "";
      const name = (said.get("nama") || "").trim();
      if (!outcome) return complain("Pilih sebabnya.");
      if (delivered && !to) return complain("Pilih kepada siapa kartu diserahkan.");
      if (to === "family" && !name) return complain("Isi nama keluarga yang menerima.");
      button.disabled = true;
      const attempt = {
        id, card: card.id, n: card.n, at: new Date().toISOString(), outcome, to, name: to === "family" ? name : "",
        took: said.getAll("ambil"), ok: said.has("cocok"), note: said.get("catatan").trim(),
      };
      if (await record(attempt)) location.hash = "";
      else complain("Belum tersimpan: HP ini penuh. Hapus foto atau video, lalu tekan Simpan lagi.");
      button.disabled = false;
    });
    put(screen);
  }

  function screenEnded() {
    const screen = copy("selesai");
    const rest = screen.querySelector(".rest");
    rest.textContent = round.unsent.length
      ? `${round.unsent.length} catatan belum terkirim dan tetap disimpan di HP ini. Tunjukkan halaman ini ke petugas:`
      : "Semua catatan Anda sudah diterima.";
    const list = document.createElement("ul");
    for (const one of round.unsent) list.append(item(`Kartu nomor ${one.n}: ${SAID[one.outcome]}${one.name ? ` kepada ${one.name}` : ""}, ${clock(new Date(one.at))}`));
    if (round.unsent.length) rest.after(list);
    form.remove();
    put(screen);
  }

  // --- small things --------------------------------------------------------------------------------------------

  function unsentOf(card) {
    return round.unsent.filter((attempt) => attempt.card === card.id);
  }

  function isDone(card) {
    const unsent = unsentOf(card);
    return Boolean(card.done) || unsent.some((attempt) => !AGAIN.includes(attempt.outcome)) || card.tries - unsent.length <= 0;
  }

  function copy(name) {
    return document.getElementById(`layar-${name}`).content.cloneNode(true);
  }

  function put(screen) {
    main.replaceChildren(screen);
  }

  function fill(place, words) {
    place.hidden = !words;
    place.textContent = words;
  }

  function item(words) {
    const one = document.createElement("li");
    one.textContent = words;
    return one;
  }

  function complain(words) {
    const place = main.querySelector(".error-place") || document.getElementById("galat");
    const box = document.createElement("div");
    box.className = "notice bad";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = words;
    box.append(text);
    place.replaceChildren(box);
    place.scrollIntoView({ block: "nearest" });
    const field = main.querySelector("input[type=text]");
    if (field && document.activeElement !== field && main.querySelector("#pin")) field.focus();
  }

  function clock(at) {
    return `${String(at.getHours()).padStart(2, "0")}.${String(at.getMinutes()).padStart(2, "0")}`;
  }
})();
