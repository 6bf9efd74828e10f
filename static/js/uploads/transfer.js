/* One file on its way: announced, hashed, sent in parts (three at once), completed, checked. Knows nothing of the page. */
class Cut extends Error {}
class Stopped extends Error {}

const TRIES = [1, 2, 4, 8, 16];
const CHECK_EVERY = 1500;

class Transfer {
  constructor(file, { caseId, token, worker, changed }) {
    Object.assign(this, { file, caseId, token, worker, changed });
    this.key = crypto.randomUUID();
    this.safe = new Set();
    this.flying = new Map();
    this.samples = [];
    this.state = "waiting";
  }

  get active() { return ["waiting", "sending"].includes(this.state); }

  sizeOf(number) { return Math.min(this.upload.part_size, this.file.size - (number - 1) * this.upload.part_size); }

  get sent() {
    if (!this.upload) return 0;
    return [...this.safe].reduce((sum, n) => sum + this.sizeOf(n), 0);
  }

  get done() { return this.sent + [...this.flying.values()].reduce((sum, bytes) => sum + bytes, 0); }

  /* Seconds that are left, by the last twenty seconds; nothing until there is something to go by. */
  get left() {
    const [[then, before]] = this.samples.length ? this.samples : [[0, 0]];
    const [now, bytes] = this.samples.at(-1) || [0, 0];
    return now - then < 2000 || bytes <= before ? null : ((this.file.size - bytes) * (now - then)) / (bytes - before) / 1000;
  }

  is(state) { this.state = state; this.changed(this); }

  progressed() {
    const now = performance.now();
    if (now - (this.samples.at(-1)?.[0] ?? -1000) > 400) this.samples.push([now, this.done]);
    this.samples = this.samples.filter(([at]) => now - at < 20000);
    this.changed(this);
  }

  async run() {
    this.halt = new AbortController();
    this.samples = [];
    try {
      this.is(this.upload ? "sending" : "waiting");
      if (!this.upload) this.take(await this.persist(() => this.begin()));
      if (this.upload.state === "open") await this.deliver();
      await this.settle();
    } catch (error) {
      this.flying.clear();
      if (error instanceof Stopped) return;
      if (error instanceof Cut) { this.is("lost"); return; }
      this.hashing?.stop();
      this.code = error.code;
      this.message = error.message;
      this.is(error.code === "signed_out" ? "lost" : "refused");
    }
  }

  take(upload) { this.upload = upload; this.safe = new Set(upload.safe); }

  begin() {
    const { name, type, size, lastModified: modified } = this.file;
    return this.ask(`/uploads/cases/${this.caseId}`, { name, type, size, modified, key: this.key });
  }

  async deliver() {
    this.hashing ||= new Hashing(this.file, this.upload.part_size, this.worker);
    this.is("sending");
    for (let round = 0; ; round += 1) {
      await this.sendMissing();
      const sha256 = await this.hashing.whole;
      try {
        const body = { sha256, checksums: this.hashing.checksums };
        this.upload = { ...this.upload, ...(await this.persist(() => this.ask(`/uploads/${this.upload.id}/complete`, body))) };
        return;
      } catch (error) {
        if (error.code !== "parts_missing" || round > 1) throw error;
        for (const number of error.missing) this.safe.delete(number);
      }
    }
  }

  async sendMissing() {
    const waiting = [];
    for (let n = 1; n <= this.upload.count; n += 1) if (!this.safe.has(n)) waiting.push(n);
    const slow = navigator.connection?.saveData || /2g|3g/.test(navigator.connection?.effectiveType || "");
    const lane = async () => {
      for (let n = waiting.shift(); n; n = waiting.shift()) await this.persist(() => this.sendPart(n));
    };
    await Promise.all(Array.from({ length: slow ? 1 : 3 }, lane));
  }

  async sendPart(number) {
    const { signal } = this.halt;
    const checksum = await this.hashing.part(number);
    if (signal.aborted) throw new Stopped();
    const { parts: [signed] } = await this.ask(`/uploads/${this.upload.id}/parts`, { parts: [{ number, checksum }] });
    const begin = (number - 1) * this.upload.part_size;
    await this.put(signed, this.file.slice(begin, begin + this.sizeOf(number)));
    this.safe.add(number);
    this.flying.delete(number);
    this.progressed();
  }

  put({ number, url, headers }, bytes) {
    return new Promise((resolve, reject) => {
      const call = new XMLHttpRequest();
      const cut = () => { this.flying.delete(number); reject(this.halt.signal.aborted ? new Stopped() : new Cut()); };
      call.upload.addEventListener("progress", ({ loaded }) => { this.flying.set(number, loaded); this.progressed(); });
      call.addEventListener("load", () => (call.status === 200 ? resolve() : cut()));
      for (const name of ["error", "abort", "timeout"]) call.addEventListener(name, cut);
      this.halt.signal.addEventListener("abort", () => call.abort());
      call.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
      call.send(bytes);
    });
  }

  async settle() {
    while (this.upload.state === "checking") {
      this.is("checking");
      await this.pause(CHECK_EVERY);
      this.upload = { ...this.upload, ...(await this.persist(() => this.ask(`/uploads/${this.upload.id}`))) };
    }
    this.message = this.upload.message;
    this.is(this.upload.state === "received" ? "received" : "refused");
  }

  /* Five tries with growing pauses for what the connection did; what the server said is final. */
  async persist(work) {
    const { signal } = this.halt;
    for (let n = 0; ; n += 1) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) throw new Stopped();
        if (!(error instanceof Cut) || n >= TRIES.length || !navigator.onLine) throw error;
        await this.pause(1000 * TRIES[n] * (0.8 + Math.random() * 0.4));
      }
    }
  }

  pause(ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.halt.signal.addEventListener("abort", () => { clearTimeout(timer); reject(new Stopped()); });
    });
  }

  async ask(address, body) {
    const headers = body ? { "Content-Type": "application/json", "X-CSRFToken": this.token } : {};
    const call = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), redirect: "manual", signal: this.halt?.signal };
    const answer = await fetch(address, call).catch(() => { throw new Cut(); });
    if (answer.status >= 500) throw new Cut();
    const said = await answer.json().catch(() => null);
    if (answer.ok && said) return said;
    throw Object.assign(new Refusal(said?.message || ""), said ? { code: said.code, missing: said.missing } : { code: "signed_out" });
  }

  hold() { this.halt.abort(); this.flying.clear(); this.is("paused"); }

  async cancel() {
    this.halt?.abort();
    this.hashing?.stop();
    this.halt = new AbortController();
    if (this.upload && this.state !== "received") await this.ask(`/uploads/${this.upload.id}/abort`, {}).catch(() => {});
    this.is("gone");
  }
}
