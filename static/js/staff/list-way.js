/* The way through a list: a case opened from one knows the case before and the next one, in the order that was on the screen.
   References and the list's address stay in this tab only, until it closes. */
{
  const KEPT = "list-way";
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; } };

  const keep = () => {
    const refs = [...document.querySelectorAll("main [data-row][data-ref]")].map((one) => one.dataset.ref);
    if (!refs.length) return;
    const next = document.querySelector('.pager a[rel="next"]')?.getAttribute("href") ?? "";
    sessionStorage.setItem(KEPT, JSON.stringify({ at: location.pathname + location.search, refs, next }));
  };

  const lead = (selector, href, known) => {
    for (const link of document.querySelectorAll(selector)) {
      link.hidden = !known;
      if (href) link.href = href;
    }
  };

  if (document.querySelector("main [data-row][data-ref]")) {
    document.addEventListener("click", (event) => { if (event.target.closest?.("main a[href^='/desk/cases/']")) keep(); });
  }
  const workspace = document.querySelector("[data-case-ref]");
  const way = workspace && read();
  if (way) {
    const ref = workspace.dataset.caseRef;
    const at = way.refs.indexOf(ref);
    const address = (one) => `/desk/cases/${one}`;
    if (at >= 0) {
      lead("[data-way=back]", `${way.at}#${ref}`, true);
      lead("[data-way=previous]", at > 0 ? address(way.refs[at - 1]) : "", at > 0);
      const following = at + 1 < way.refs.length ? address(way.refs[at + 1]) : way.next;
      lead("[data-way=next]", following, Boolean(following));
    }
  }
}
