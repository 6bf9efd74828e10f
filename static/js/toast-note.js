/* <toast-note>: goes after ten seconds, waits while somebody points at it or has focus in it. */
customElements.define("toast-note", class extends HTMLElement {
  connectedCallback() {
    const start = () => { this.timer = setTimeout(() => this.remove(), 10000); };
    const stop = () => clearTimeout(this.timer);
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, stop);
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, start);
    start();
  }

  disconnectedCallback() { clearTimeout(this.timer); }
});
