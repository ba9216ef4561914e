// Keeps the page that asks for the PIN and its files, so that a round opens without reception. Holds no data of a round.
const CACHE = "kurir-{{ version }}";
const FILES = [{% for file in assets %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const SHELL = FILES[0];
const PATIENCE = 5000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("kurir-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (FILES.slice(1).includes(url.pathname)) event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  else if (event.request.mode === "navigate" && /^\/kurir\/[\w-]{22}\/$/.test(url.pathname)) event.respondWith(open(event.request, url.pathname));
});

// A round that is on this phone opens even if the network is slow or its link is dead: what is unsent must get out.
async function open(request, path) {
  const shell = () => caches.open(CACHE).then((cache) => cache.match(SHELL));
  const kept = await isKept(path);
  try {
    const answer = await (kept ? Promise.race([fetch(request), late()]) : fetch(request));
    if (kept && answer.status >= 400) return (await shell()) || answer;
    return answer;
  } catch (error) {
    const page = await shell();
    if (page) return page;
    throw error;
  }
}

function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));
}

function isKept(path) {
  return new Promise((resolve) => {
    const asked = indexedDB.open("kurir");
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onerror = (event) => { event.preventDefault(); resolve(false); };
    asked.onsuccess = () => {
      const db = asked.result;
      const found = db.transaction("rounds").objectStore("rounds").count(path);
      found.onsuccess = () => { db.close(); resolve(found.result > 0); };
      found.onerror = () => { db.close(); resolve(false); };
    };
  });
}
