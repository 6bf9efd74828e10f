/* The desk's composer keeps its words on the server 1.5 s after the last key and on leaving; Ctrl Enter sends, Ctrl Shift Enter sends and waits. */
{
  const QUIET = 1500;
  const composer = () => document.querySelector("form[data-keep].composer");
  let timer = 0;
  let sent = false;

  const visible = (form, name) => [...form.querySelectorAll(`[${name}]`)].find((button) => button.offsetParent);

  const keep = async (form, { mine = false, leaving = false } = {}) => {
    clearTimeout(timer);
    if (sent) return;
    const body = new URLSearchParams(new FormData(form));
    if (mine) body.set("mine", "1");
    const answer = await fetch(form.dataset.keep, { method: "POST", body, keepalive: leaving, redirect: "error" }).catch(() => null);
    const status = document.getElementById("kept");
    if (!status) return;
    if (!answer || answer.status >= 500) {
      status.textContent = form.dataset.unsaved;
      timer = setTimeout(() => keep(form), 5000);
      return;
    }
    if (![200, 409, 422].includes(answer.status)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    status.replaceChildren(...page.body.childNodes);
    const seen = status.querySelector("[data-seen]");
    if (seen) form.elements.draft_seen.value = seen.dataset.seen;
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || form !== composer()) return;
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), QUIET);
  });
  document.addEventListener("focusout", (event) => {
    if (timer && event.target.matches?.("form[data-keep] textarea")) keep(event.target.form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keep-mine]")) keep(composer(), { mine: true });
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== composer()) return;
    clearTimeout(timer);
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer && composer()) keep(composer(), { leaving: true }); });
  // A slash at the start of a line leads to the macros.
  document.addEventListener("keydown", (event) => {
    const box = event.target;
    const list = document.getElementById("macro");
    if (event.key !== "/" || !list || !box.matches?.("form[data-keep] textarea")) return;
    if (box.selectionStart && box.value[box.selectionStart - 1] !== "\n") return;
    event.preventDefault();
    list.focus();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key !== "Enter" || !event.ctrlKey || !form || form !== composer()) return;
    event.preventDefault();
    (visible(form, event.shiftKey ? "data-wait-button" : "data-send-button"))?.click();
  });
}
