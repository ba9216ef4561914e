// Proof of work (ALTCHA): finds the counter whose key begins as asked, so that the answer need not wait.
const form = document.getElementById("proof");
const challenge = JSON.parse(form.dataset.challenge);
const asked = challenge.parameters;
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive(counter) {
  const password = new Uint8Array([...bytes(asked.nonce), 0, 0, 0, 0]);
  new DataView(password.buffer).setUint32(password.length - 4, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(asked.salt), iterations: asked.cost };
  return hex(await crypto.subtle.deriveBits(how, key, asked.keyLength * 8));
}

async function prove() {
  for (let counter = 0; ; counter++) {
    const derivedKey = await derive(counter);
    if (derivedKey.startsWith(asked.keyPrefix)) {
      form.elements.altcha.value = btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
      form.submit();
      return;
    }
  }
}

// an old browser, or a site without HTTPS, waits as one without JavaScript does
if (globalThis.crypto?.subtle) prove();
