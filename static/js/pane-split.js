/* <pane-split>: bars between panes move by pointer and by arrow keys; the widths are kept on the server, per person. */
{
  const STEP = 16;

  customElements.define("pane-split", class extends HTMLElement {
    connectedCallback() {
      for (const bar of this.querySelectorAll(":scope > [role=separator]")) {
        bar.addEventListener("pointerdown", (event) => this.drag(bar, event));
        bar.addEventListener("keydown", (event) => this.key(bar, event));
      }
    }

    pane(bar) { return this.querySelector(`:scope > #${bar.dataset.pane}`); }

    // A bar grows its pane away from the pane's own edge of the page, in either direction of writing.
    sign(bar) {
      const rtl = getComputedStyle(this).direction === "rtl" ? -1 : 1;
      return (bar.dataset.pane === "facts" ? 1 : -1) * rtl;
    }

    set(bar, width) {
      const least = Number(bar.ariaValueMin);
      const most = Number(bar.ariaValueMax);
      const held = Math.round(Math.max(least, Math.min(most, width)));
      this.style.setProperty(`--${bar.dataset.pane}`, `${held}px`);
      bar.setAttribute("aria-valuenow", held);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 400);
    }

    drag(bar, event) {
      event.preventDefault();
      bar.setPointerCapture(event.pointerId);
      const from = event.clientX;
      const width = this.pane(bar).offsetWidth;
      const move = (moved) => this.set(bar, width + (moved.clientX - from) * this.sign(bar));
      bar.addEventListener("pointermove", move);
      bar.addEventListener("pointerup", () => bar.removeEventListener("pointermove", move), { once: true });
    }

    key(bar, event) {
      const now = this.pane(bar).offsetWidth;
      const to = {
        ArrowRight: now + STEP * this.sign(bar), ArrowLeft: now - STEP * this.sign(bar),
        Home: Number(bar.ariaValueMin), End: Number(bar.ariaValueMax),
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.set(bar, to);
    }

    keep() {
      const body = new URLSearchParams({ csrf_token: this.dataset.csrf });
      for (const bar of this.querySelectorAll(":scope > [role=separator]")) body.set(bar.dataset.pane, bar.getAttribute("aria-valuenow"));
      fetch(this.dataset.keep, { method: "POST", body }).catch(() => {});
    }
  });
}
