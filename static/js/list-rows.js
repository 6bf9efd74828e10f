/* The desk list: counts what is ticked, ticks a page, keeps the selection when pages turn, marks rows that others changed, closes the peek. */
{
  const boxes = () => [...document.querySelectorAll('.desk-table .check[name="case"]')];
  const bulk = () => document.getElementById("bulk");

  const count = () => {
    const form = bulk();
    const words = form?.querySelector("[data-picked]");
    if (!words) return;
    const kept = form.querySelectorAll('input[type="hidden"][name="case"]').length;
    const picked = boxes().filter((box) => box.checked).length + kept;
    if (picked) words.textContent = words.dataset.picked.replace("{n}", picked).replace("{all}", words.dataset.all);
    const all = document.querySelector("[data-all-rows]");
    if (all) {
      all.checked = boxes().length > 0 && boxes().every((box) => box.checked);
      all.indeterminate = !all.checked && boxes().some((box) => box.checked);
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all-rows]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches(".check")) count();
  });

  // A page turned with something ticked carries the selection along: the same button that works without this script.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".desk-list .pager a");
    const form = bulk();
    if (link && form && (boxes().some((box) => box.checked) || form.querySelector('input[type="hidden"][name="case"]'))) {
      const turn = form.querySelector(`[data-turn="${link.rel === "next" ? "next" : "first"}"]`);
      if (turn) { event.preventDefault(); turn.click(); }
    }
    if (event.target.closest?.("[data-close-peek]")) {
      const peek = document.getElementById("peek");
      const ref = peek.dataset.of;
      peek.replaceChildren();
      document.querySelector(`[data-ref="${ref}"] .desk-peek`)?.focus();
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "peek") return;
    event.detail.target.dataset.of = event.detail.requestConfig?.elt?.closest("[data-ref]")?.dataset.ref ?? "";
    event.detail.target.querySelector("[data-close-peek]")?.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.getElementById("peek")?.contains(event.target)) {
      document.querySelector("[data-close-peek]")?.click();
    }
  });

  const start = () => {
    const all = document.querySelector("[data-all-rows]");
    if (all) all.hidden = false;
    count();
    const fresh = document.querySelector("[data-fresh]");
    if (!fresh) return;
    let tag = "";
    setInterval(async () => {
      if (document.hidden) return;
      const rows = [...document.querySelectorAll(".desk-table [data-ref]")].map((row) => row.dataset.ref).join(",");
      const query = new URLSearchParams({ since: fresh.dataset.since, rows });
      const answer = await fetch(`${fresh.dataset.fresh}?${query}`, { headers: { "X-Redress-Poll": "1", ...(tag && { "If-None-Match": tag }) } }).catch(() => null);
      if (!answer || answer.status !== 200) return;
      tag = answer.headers.get("ETag") ?? "";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const one of page.querySelectorAll("[data-case]")) {
        const row = document.querySelector(`[data-row="${CSS.escape(one.dataset.case)}"]`);
        const mark = row?.querySelector("[data-mark]");
        if (mark) { mark.textContent = one.textContent; row.classList.add("desk-changed"); }
      }
    }, 30000);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
