/* <copy-button data-value data-done>: copies a reference or hash and says so in its status region. */
customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(this.dataset.value);
      const status = this.querySelector("[role=status]");
      status.textContent = this.dataset.done;
      setTimeout(() => { status.textContent = ""; }, 4000);
    });
  }
});
