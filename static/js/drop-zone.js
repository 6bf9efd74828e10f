/* <drop-zone>: around a plain file input. Drop files on it; sizes are checked before anything is sent.
   In a form with data-auto-upload the files leave at once, with a bar; the page that answers takes the place of this one.
   Whoever stands around it may take the files over (files-chosen), as <file-uploads> does. */
{
  const send = (form, zone, status) => {
    const bar = Object.assign(document.createElement("progress"), { className: "meter", max: 100, value: 0 });
    bar.setAttribute("aria-label", form.dataset.uploading);
    status.after(bar);
    const call = new XMLHttpRequest();
    let said = 0;
    call.upload.addEventListener("progress", (event) => {
      bar.value = (100 * event.loaded) / event.total;
      if (bar.value - said >= 25) { said = bar.value; status.textContent = `${form.dataset.uploading} ${Math.floor(said)} %`; }
    });
    call.addEventListener("load", () => {
      if (call.status < 400) { location.assign(call.responseURL); return; }
      const page = new DOMParser().parseFromString(call.responseText, "text/html");
      document.title = page.title;
      document.querySelector("main").replaceWith(page.querySelector("main"));
    });
    call.addEventListener("error", () => { bar.remove(); zone.removeAttribute("aria-busy"); status.textContent = form.dataset.failed || ""; });
    zone.setAttribute("aria-busy", "true");
    status.textContent = form.dataset.uploading;
    call.open("POST", form.action);
    call.send(new FormData(form));
  };

  customElements.define("drop-zone", class extends HTMLElement {
    connectedCallback() {
      const inputs = [...this.querySelectorAll("input[type=file]")];
      const status = this.querySelector("[data-status]");
      if (!inputs.length) return;
      const over = (on) => (event) => { event.preventDefault(); this.classList.toggle("is-over", on); };
      this.addEventListener("dragover", over(true));
      this.addEventListener("dragleave", over(false));
      this.addEventListener("drop", (event) => {
        over(false)(event);
        inputs[0].files = event.dataTransfer.files;
        inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
      });
      this.addEventListener("change", () => {
        const files = inputs.flatMap((input) => [...input.files]);
        const chosen = new CustomEvent("files-chosen", { bubbles: true, cancelable: true, detail: files });
        if (files.length && !this.dispatchEvent(chosen)) { for (const input of inputs) input.value = ""; return; }
        const large = files.some((file) => file.size > Number(this.dataset.limit));
        status.textContent = large ? this.dataset.tooLarge : files.map((file) => file.name).join(", ");
        if (large) for (const input of inputs) input.value = "";
        const form = this.closest("form[data-auto-upload]");
        if (form && files.length && !large) send(form, this, status);
      });
    }
  });
}
