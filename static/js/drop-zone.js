/* <drop-zone>: around a plain file input. Drop files on it; sizes are checked before anything is sent. */
customElements.define("drop-zone", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]");
    const status = this.querySelector("[data-status]");
    if (!input) return;
    const over = (on) => (event) => { event.preventDefault(); this.classList.toggle("is-over", on); };
    this.addEventListener("dragover", over(true));
    this.addEventListener("dragleave", over(false));
    this.addEventListener("drop", (event) => {
      over(false)(event);
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const inputs = [...this.querySelectorAll("input[type=file]")];
    this.addEventListener("change", () => {
      const files = inputs.flatMap((one) => [...one.files]);
      const large = files.some((file) => file.size > Number(this.dataset.limit));
      status.textContent = large ? this.dataset.tooLarge : files.map((file) => file.name).join(", ");
      if (large) for (const one of inputs) one.value = "";
    });
  }
});
