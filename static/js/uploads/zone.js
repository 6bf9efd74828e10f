/* <file-uploads>: takes files from the form inside it (or around it), shows a row for each, and goes on where an earlier visit stopped. */
const MINUTE = 60;
const sizeWords = (bytes) => {
  const lang = document.documentElement.lang;
  const [unit, by] = bytes >= 1e9 ? ["gigabyte", 1e9] : bytes >= 1e6 ? ["megabyte", 1e6] : ["kilobyte", 1e3];
  const n = bytes / by;
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: n < 10 ? 1 : 0, numberingSystem: "latn" }).format(n);
};
const timeWords = (seconds) => {
  const [unit, n] = seconds < 90 * MINUTE ? ["minute", Math.max(1, Math.round(seconds / MINUTE))] : ["hour", Math.round(seconds / 3600)];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long", numberingSystem: "latn" }).format(n);
};
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
// The server keeps a cleaned name, so size and time of the last change say whether it is the same file.
const sameFile = (file, upload) => file.size === upload.size && file.lastModified === upload.modified;

customElements.define("file-uploads", class extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.dataset.words);
    this.rows = this.querySelector("[data-rows]");
    this.says = this.querySelector("[data-says]");
    this.form = this.querySelector("form") || this.closest("form");
    this.transfers = new Map();
    this.addEventListener("files-chosen", (event) => this.choose(event));
    this.rows.addEventListener("click", (event) => this.press(event));
    this.form.addEventListener("submit", (event) => this.hold(event), true);
    window.addEventListener("online", this.online = () => this.each("lost", (one) => one.file && one.run()));
    window.addEventListener("beforeunload", this.leaving = (event) => { if (this.busy) event.preventDefault(); });
    this.remember();
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.online);
    window.removeEventListener("beforeunload", this.leaving);
  }

  get mark() { return `uploads-${this.dataset.case}`; }

  get busy() { return [...this.transfers.values()].some((one) => one.active); }

  each(state, act) { for (const one of this.transfers.values()) if (one.state === state) act(one); }

  choose(event) {
    event.preventDefault();
    for (const file of event.detail) this.add(file);
  }

  add(file) {
    const known = [...this.transfers.values()].filter((one) => one.state !== "gone" && one.state !== "refused");
    const again = known.find((one) => !one.file && sameFile(file, one.upload));
    if (again) { again.file = file; again.run(); return; }
    if (known.some((one) => one.file && one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified)) {
      this.say(fill(this.words.twice, { name: file.name }));
      return;
    }
    sessionStorage.setItem(this.mark, "1");
    this.follow(new Transfer(file, this.means())).run();
  }

  means() {
    const token = this.form.querySelector("[name=csrf_token]").value;
    return { caseId: this.dataset.case, token, worker: this.dataset.worker, changed: (one) => this.show(one) };
  }

  /* What an earlier visit left: the file must be chosen again, its safe parts need not be sent again. */
  async remember() {
    const answer = await fetch(`/uploads/cases/${this.dataset.case}`, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const { uploads } = await answer.json();
    if (!uploads.length && !this.transfers.size) sessionStorage.removeItem(this.mark);
    for (const upload of uploads) {
      const one = this.follow(new Transfer(null, this.means()));
      one.file = { name: upload.name, size: upload.size, lastModified: upload.modified };
      one.take(upload);
      if (upload.state !== "open") { one.run(); continue; }
      one.is("kept");
      one.file = null;
    }
  }

  follow(one) {
    one.row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    this.rows.append(one.row);
    this.transfers.set(one.row, one);
    return one;
  }

  press(event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    const one = this.transfers.get(event.target.closest("li"));
    if (!act || !one) return;
    if (act === "pause") one.hold();
    if (act === "resume") one.run();
    if (act === "cancel") one.cancel();
  }

  /* A form that waits for these files is not sent before they are here. */
  hold(event) {
    if (!this.dataset.into || !this.busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.say(this.words.wait);
  }

  show(one) {
    if (one.state === "gone") { one.row.remove(); this.transfers.delete(one.row); return; }
    if (!one.file) return;
    this.words_of(one, { name: one.file.name, sent: one.state === "sending" ? one.done : one.sent, size: one.file.size });
    if (one.state === "received" && !one.told) { one.told = true; this.received(one); }
  }

  words_of(one, { name, sent, size }) {
    const { row, state } = one;
    const said = { name, sent: sizeWords(sent), all: sizeWords(size), left: one.left === null ? "" : timeWords(one.left) };
    const code = one.code && this.words[one.code] ? one.code : state;
    const key = state === "sending" && said.left ? "sendingFor" : code;
    row.dataset.state = state;
    row.className = `file-row ${{ lost: "file-row--warn", refused: "file-row--danger", received: "file-row--ok" }[state] || ""}`;
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("[data-words]").textContent = (["refused", "received"].includes(state) && one.message) || fill(this.words[key], said);
    for (const part of row.querySelectorAll("[data-on]")) part.hidden = !part.dataset.on.split(" ").includes(state);
    for (const button of row.querySelectorAll("[data-act][data-label]")) button.setAttribute("aria-label", fill(button.dataset.label, said));
    const bar = row.querySelector("progress");
    bar.value = size ? (100 * sent) / size : 0;
    bar.setAttribute("aria-label", name);
    const quarter = Math.floor(bar.value / 25) * 25;
    if (state === "sending" && quarter > (one.quarter || 0)) { one.quarter = quarter; this.say(fill(this.words.quarter, { name, percent: quarter })); }
    if (["lost", "refused"].includes(state) && one.spoken !== state) { one.spoken = state; this.say(`${name}: ${row.querySelector("[data-words]").textContent}`); }
  }

  say(text) { this.says.textContent = text; }

  async received(one) {
    this.say(fill(this.words.safe, { name: one.file.name }));
    if (this.dataset.into) { this.enter(one.upload.item); return; }
    const answer = await fetch(location.href, { headers: { "X-Redress-Poll": "1" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-after-upload]")) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceWith(fresh);
    }
    if (one.message) return;
    one.row.remove();
    this.transfers.delete(one.row);
  }

  enter(item) {
    const field = this.querySelector(`input[name="${this.dataset.into}"]`);
    field.value = [field.value, item].filter(Boolean).join(",");
  }
});
