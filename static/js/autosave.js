/* Drafts: htmx sends the form after a pause; this says what became of it and tries again when the network was away. */
{
  const busy = new WeakSet();
  const waiting = new WeakMap();
  const drafting = (event) => event.target.closest?.("form[data-autosave]");

  // Continue waits for a save that is on its way: both carry the version of the draft.
  document.addEventListener("htmx:beforeRequest", (event) => { const form = drafting(event); if (form) busy.add(form); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = drafting(event);
    if (!form) return;
    setTimeout(() => {
      busy.delete(form);
      const press = waiting.get(form);
      waiting.delete(form);
      if (press) form.requestSubmit(press.button);
    }, 60);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!busy.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(form, { button: event.submitter });
  }, true);

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
