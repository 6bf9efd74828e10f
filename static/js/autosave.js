/* Drafts: htmx sends the form after a pause; this says what became of it and tries again when the network was away. */
{
  const flying = new WeakMap(); // how many saves are on their way
  const waiting = new WeakMap();
  const leaving = new WeakSet();
  const drafting = (event) => event.target.closest?.("form[data-autosave]");

  // Continue waits for every save that is on its way, also for one that waited behind another: each carries
  // the version of the draft. Once it went, nothing is saved behind its back.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = drafting(event);
    if (!form) return;
    if (leaving.has(form)) event.preventDefault();
    else flying.set(form, (flying.get(form) || 0) + 1);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = drafting(event);
    if (!form) return;
    setTimeout(() => {
      flying.set(form, flying.get(form) - 1);
      const press = waiting.get(form);
      if (!press || flying.get(form)) return;
      waiting.delete(form);
      form.requestSubmit(press.button);
    }, 60);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-autosave]")) return;
    if (!flying.get(form)) return leaving.add(form);
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(form, { button: event.submitter });
  }, true);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-autosave]").forEach((form) => leaving.delete(form)));

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
