/* Drafts: htmx sends the form after a pause; this says what became of it and tries again when the network was away. */
{
  const status = (form) => document.getElementById(form.dataset.status || "saved");
  const retry = new WeakMap();

  const failed = (event) => {
    const form = event.target.closest?.("form[data-autosave]");
    if (!form || !status(form)) return;
    status(form).textContent = form.dataset.unsaved;
    clearTimeout(retry.get(form));
    retry.set(form, setTimeout(() => form.isConnected && form.dispatchEvent(new Event("autosave-again", { bubbles: true })), 5000));
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, failed);
}
