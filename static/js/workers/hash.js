/* Worker: reads a file once from front to back; says the SHA-256 of each part (base64) and, at the end, of the whole (hex). */
import { sha256 } from "asset:noble-sha2.js";

const base64 = (digest) => btoa(String.fromCharCode(...new Uint8Array(digest)));
const hex = (digest) => [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");

self.addEventListener("message", async ({ data: { file, part } }) => {
  const whole = sha256.create();
  try {
    for (let at = 0, number = 1; at < file.size; at += part, number += 1) {
      const bytes = new Uint8Array(await file.slice(at, at + part).arrayBuffer());
      whole.update(bytes);
      self.postMessage({ number, checksum: base64(await crypto.subtle.digest("SHA-256", bytes)) });
    }
    self.postMessage({ sha256: hex(whole.digest()) });
  } catch {
    self.postMessage({ changed: true });
  }
});
