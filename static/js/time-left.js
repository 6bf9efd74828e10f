/* <time-left>: counts a deadline on, once a minute, only while it can be seen. The server rendered the words; nothing speaks. */
{
  const units = () => JSON.parse(document.body.dataset.units || "{}");
  const fill = (text, values) => text.replace(/\{(\w)\}/g, (_, key) => values[key] ?? "");
  const split = (ms) => {
    const all = Math.floor(Math.abs(ms) / 60000);
    return { d: Math.floor(all / 1440), h: Math.floor((all % 1440) / 60), m: all % 60 };
  };
  const short = (t, u) => {
    if (t.d) return fill(t.h && t.d < 10 ? u.dh : u.d, t);
    return fill(t.h ? (t.m ? u.hm : u.h) : u.m, t);
  };
  const long = (t) => {
    const lang = document.documentElement.lang;
    const say = (n, unit) => new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long", numberingSystem: "latn" }).format(n);
    const parts = t.d ? [[t.d, "day"], [t.h, "hour"]] : [[t.h, "hour"], [t.m, "minute"]];
    return parts.filter(([n], i) => n || (i && !parts[0][0])).map(([n, unit]) => say(n, unit)).join(" ");
  };

  customElements.define("time-left", class extends HTMLElement {
    connectedCallback() {
      if (!this.dataset.due || (this.dataset.state && this.dataset.state !== "running")) return;
      this.seen = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; if (this.visible) this.tick(); });
      this.seen.observe(this.firstElementChild || this);
      this.timer = setInterval(() => this.visible && !document.hidden && this.tick(), 60000);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      this.seen?.disconnect();
    }

    tick() {
      const u = units();
      const left = new Date(this.dataset.due) - Date.now();
      const target = this.firstElementChild;
      if (!target || !u.dh) return;
      const isLong = "long" in this.dataset;
      const s = isLong ? long(split(left)) : short(split(left), u);
      const form = isLong ? (left < 0 ? u.late : u.left) : (left < 0 ? u.chipLate : u.chip);
      target.textContent = fill(form, { s, w: this.dataset.what || "" }).trim();
    }
  });
}
