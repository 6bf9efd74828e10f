/* Forms: the busy button ignores a second press, unsaved text asks before the page is left, the send button repeats the audience. */
{
  const dirty = new Set();

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) dirty.add(form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    dirty.delete(form);
    const button = event.submitter;
    if (!button?.dataset.busy || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "1";
    button.style.setProperty("inline-size", `${button.offsetWidth}px`);
    button.setAttribute("aria-disabled", "true");
    const words = button.querySelector("span");
    if (words) { button.dataset.words = words.textContent; words.textContent = button.dataset.busy; }
  });

  // Back from another page: the form is as it was before it was sent.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-disabled][data-words]")) {
        button.removeAttribute("aria-disabled");
        button.querySelector("span").textContent = button.dataset.words;
      }
    }
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    const words = event.target.dataset?.send;
    const button = words && event.target.form?.querySelector("[data-send-button] span");
    if (button) button.textContent = words;
  });

  document.addEventListener("keydown", (event) => {
    // Enter in the search field searches; in any other field of such a form it goes on.
    const form = event.key === "Enter" && event.target.matches("form[data-enter] input:not([type=checkbox], [type=radio])") && event.target.form;
    if (form) { event.preventDefault(); if (event.target.type !== "search") form.requestSubmit(form.querySelector("[data-default]")); }
    if (event.key === "Enter" && event.ctrlKey && event.target.matches("form.composer:not([data-keep]) textarea")) event.target.form.requestSubmit();
  });
}
