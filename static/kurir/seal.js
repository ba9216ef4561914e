"use strict";
// Seals what the phone keeps under a key made from the PIN, and signs what it sends with the round's key.
const Seal = (() => {
  const ROUNDS = 600000; // of PBKDF2: each guess at the PIN costs a phone about a second
  const words = new TextEncoder();

  async function keyFrom(pin, salt, iterations) {
    const raw = await crypto.subtle.importKey("raw", words.encode(pin), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  async function seal(key, value) {
    const iv = random(12);
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, words.encode(JSON.stringify(value)));
    return { iv, data };
  }

  // Rejects if the key is another's: a wrong PIN.
  async function open(key, box) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  async function sign(hex, body) {
    const raw = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, words.encode(body)));
    return Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function random(length) {
    return crypto.getRandomValues(new Uint8Array(length));
  }

  function uuid() {
    const bytes = random(16);
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  return { ROUNDS, keyFrom, seal, open, sign, random, uuid };
})();
