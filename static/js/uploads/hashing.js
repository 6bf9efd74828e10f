/* What the worker found out about one file, as promises: the checksum of each part and the hash of the whole. */
class Refusal extends Error {}

class Hashing {
  constructor(file, part, address) {
    this.checksums = [];
    this.waiting = new Map();
    this.whole = new Promise((resolve, reject) => { this.tell = resolve; this.fail = reject; });
    this.whole.catch(() => {});
    this.worker = new Worker(address, { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.hear(data));
    this.worker.addEventListener("error", () => this.hear({ changed: true }));
    this.worker.postMessage({ file, part });
  }

  hear({ number, checksum, sha256, changed }) {
    if (changed) {
      const refusal = Object.assign(new Refusal(), { code: "changed" });
      this.fail(refusal);
      for (const { reject } of this.waiting.values()) reject(refusal);
      this.broken = refusal;
    } else if (sha256) {
      this.tell(sha256);
      this.stop();
    } else {
      this.checksums[number - 1] = checksum;
      this.waiting.get(number)?.resolve(checksum);
      this.waiting.delete(number);
    }
  }

  part(number) {
    if (this.broken) return Promise.reject(this.broken);
    if (this.checksums[number - 1]) return Promise.resolve(this.checksums[number - 1]);
    return new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject }));
  }

  stop() {
    this.worker.terminate();
  }
}
