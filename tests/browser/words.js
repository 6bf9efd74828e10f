/* What stands on the page and is neither translated nor somebody's own words, and what does not fit its place.
   Run in the made-up language en-XA: every translated text stands in brackets ‹ ›. */
(slugs) => {
  const SLUGS = new Set(slugs);
  const DATA = "bdi, time, code, kbd, [dir]:not(html), [translate=no], [lang]:not(html), script, style, svg, textarea, template, option[lang]";
  const KNOWN = /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|UTC|SHA-256|RD-|B|kB|MB|GB|[ERC]\d+|RD|ISRC|UPC|EAN|ISWC|IPI|ISNI|CSV|PDF|JSON|EUR|USD|GBP|JPY|KWD|XXX)\b/g;
  const bare = (text) => {
    let depth = 0, out = "";
    for (const letter of text) {
      if (letter === "‹") depth += 1;
      else if (letter === "›") depth = Math.max(0, depth - 1);
      else if (!depth) out += letter;
    }
    return out.replace(KNOWN, "").replace(/[\d\s\p{P}\p{S}]+/gu, "");
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const name = (element) => {
    const own = (one) => one.tagName.toLowerCase() + (one.className && one.className.baseVal === undefined ? "." + one.className.trim().split(/\s+/).join(".") : "");
    return [element.parentElement, element].filter(Boolean).map(own).join(" > ");
  };
  // Slugs of our own stand nowhere, not even where somebody's own words may stand.
  const slug = (text) => SLUGS.has(text) || /^[a-z]+(_[a-z]+)+$/.test(text);
  const found = { untranslated: [], cut: [] };

  for (const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT); walker.nextNode();) {
    const text = walker.currentNode.nodeValue.trim(), box = walker.currentNode.parentElement;
    if (text && box && slug(text) && !box.closest("code, kbd, [translate=no], script, style, textarea, template")) found.untranslated.push(`${name(box)}: the slug ${text}`);
    if (!text || !box || box.closest(DATA) || box.matches("title")) continue;
    if (bare(text)) found.untranslated.push(`${name(box)}: ${text.slice(0, 80)}`);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt], [data-busy], [data-send]")) {
    if (element.closest("[translate=no]")) continue;
    for (const at of ["aria-label", "title", "placeholder", "alt", "data-busy", "data-send"]) {
      const text = element.getAttribute(at);
      if (text && bare(text)) found.untranslated.push(`${name(element)} @${at}: ${text.slice(0, 80)}`);
    }
  }

  // A box around it that hides what stands out of it; what scrolls shows the rest on demand, what has no size is for readers only.
  const cutBy = (element) => {
    const own = element.getBoundingClientRect();
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      const flow = getComputedStyle(box).overflowX;
      if (/auto|scroll/.test(flow) || box.clientWidth <= 2) return false;
      const edge = box.getBoundingClientRect();
      if (/hidden|clip/.test(flow) && (own.right > edge.right + 1 || own.left < edge.left - 1)) return true;
    }
    return false;
  };
  const OWN = "bdi, time, [dir]:not(html), .ref, input, textarea, select, pre";
  for (const element of document.querySelectorAll("body *")) {
    if (element.matches(OWN) || element.clientWidth <= 2 || element.closest(".sr-only, .skip-link, svg, [dir]:not(html), [data-cut]") || !seen(element)) continue;
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.includes("‹"));
    if (!own) continue;
    const style = getComputedStyle(element), clips = /hidden|clip/.test(style.overflowX + style.overflowY);
    if (cutBy(element)) { found.cut.push(`${name(element)}: ${element.textContent.trim().slice(0, 60)}`); continue; }
    if (style.display === "inline") continue;
    const wide = element.scrollWidth > element.clientWidth + 1, high = clips && element.scrollHeight > element.clientHeight + 2;
    if (wide || high) found.cut.push(`${name(element)}: ${element.textContent.trim().slice(0, 60)} (${wide ? "wide" : "high"})`);
  }
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((one) => seen(one) && one.getBoundingClientRect().right > page.clientWidth + 1 && !one.closest(".data-table-region, [tabindex='0']")).slice(0, 3);
    found.cut.push(`the page is ${page.scrollWidth - page.clientWidth} px too wide: ${wide.map(name).join(" | ")}`);
  }
  return found;
}
