/* Keys of the staff pages. Which chord does what comes from the server (`data-keys` on the body); an act is an element with `data-key`
   that is pressed or focused, a place to go, or one of the moves below. Never while somebody types. Keys act on the focused region. */
{
  const table = JSON.parse(document.body.dataset.keys || '{"in":{},"go":{}}');
  const WAIT = 1500;
  const ROW = "[data-row], .data-table tbody tr:has(.data-table__title), .found__row";
  const TITLE = ".data-table__title, .found__title a, .found__cases a, .board-card__title";
  const FIELD = "input:not([type=hidden]):not([type=checkbox].check), select, textarea";
  let before = "";
  let timer = 0;
  let lastRow = null;

  const seen = (element) => Boolean(element) && element.checkVisibility({ visibilityProperty: true });
  const rows = () => [...document.querySelectorAll(ROW)].filter(seen);
  const row = () => document.activeElement?.closest(ROW) ?? (lastRow?.isConnected ? lastRow : null);
  const titleOf = (one) => one?.querySelector(TITLE);
  const boxOf = (one) => one?.querySelector('.check[name="case"]');
  const byKey = (name) => [...document.querySelectorAll(`[data-key="${name}"]`)].find((one) => !one.matches("[hidden], [aria-disabled=true], :disabled"));

  const focus = (element) => { element?.focus(); element?.scrollIntoView({ block: "nearest" }); return Boolean(element); };

  const move = (step) => {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(row());
    return focus(titleOf(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))]));
  };

  const tick = (box, on = !box.checked) => {
    box.checked = on;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };

  const extend = (step) => {
    const here = boxOf(row());
    if (!here) return move(step);
    tick(here, true);
    move(step);
    return tick(boxOf(row()), true);
  };

  const reader = (note) => {
    const all = [...document.querySelectorAll('#composer [name="audience"]')];
    const wanted = all.find((one) => one.checked && (one.value === "note") === note) ?? all.find((one) => (one.value === "note") === note);
    if (!wanted) return false;
    wanted.checked = true;
    wanted.dispatchEvent(new Event("change", { bubbles: true }));
    return focus(document.querySelector("#composer textarea"));
  };

  const step = (selector, by, act = focus) => {
    const all = [...document.querySelectorAll(selector)].filter(seen);
    const at = all.findIndex((one) => one.contains(document.activeElement) || one === document.activeElement);
    const current = at < 0 ? all.findIndex((one) => one.matches("[aria-current]")) : at;
    return act(all[Math.max(0, Math.min(all.length - 1, current + by))]);
  };

  const tab = (by) => {
    const part = document.activeElement?.closest(".l-three__pane, main");
    const all = [...(part?.querySelectorAll(".tabs a") ?? [])].filter(seen);
    if (!all.length || document.activeElement === document.body) return false;
    const at = all.findIndex((one) => one.getAttribute("aria-current"));
    all[(at + by + all.length) % all.length].click();
    return true;
  };

  const panes = () => {
    const parts = [...document.querySelectorAll(".l-three__pane")].filter(seen);
    const main = parts.length ? parts : [document.getElementById("main")];
    return [document.querySelector(".side-nav nav"), ...main, document.querySelector(".peek:has(*)"), document.querySelector(".bulk-bar")].filter(seen);
  };

  const pane = (by) => {
    const all = panes();
    const at = all.findIndex((one) => one.contains(document.activeElement));
    const next = all[(at < 0 ? (by > 0 ? 0 : -1) : at + by + all.length) % all.length] ?? all.at(-1);
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    return focus(next);
  };

  const verdict = (value) => {
    const choice = document.querySelector(`.verdict-form [name="verdict"][value="${value}"]`);
    if (!choice) return false;
    tick(choice, true);
    const why = document.querySelector(".verdict-form__why :is(input, textarea)");
    return focus(["against", "reject"].includes(value) && seen(why) ? why : document.querySelector(".verdict-form [type=submit]"));
  };

  const leave = (target) => {
    if (target.matches("dialog *, details[data-menu] *, #peek *") || target === document.body) return false;
    if (target.matches("[type=search]") && target.value) return false;
    if (!target.matches("input, textarea, select")) return false;
    const home = target.closest(".l-three__pane, main");
    if (home && !home.hasAttribute("tabindex")) home.tabIndex = -1;
    return focus(home);
  };

  const send = (target) => {
    const form = target.closest("form");
    if (!form || form.matches(".composer") || form.closest("[data-no-keys]")) return false;
    const button = form.querySelector(".button--primary[type=submit], .button--primary:not([type])");
    button?.click();
    return Boolean(button);
  };

  // name: [what the page must have, what is done]
  const MOVES = {
    "list.next": [ROW, () => move(1)], "list.previous": [ROW, () => move(-1)],
    "list.open": [ROW, () => { titleOf(row())?.click(); return Boolean(row()); }], "list.enter": [ROW, () => false],
    "list.select": ['.check[name="case"]', () => { const box = boxOf(row()); return Boolean(box) && tick(box); }],
    "list.extend_down": ['.check[name="case"]', () => extend(1)], "list.extend_up": ['.check[name="case"]', () => extend(-1)],
    "list.all": ['.check[name="case"]', () => { const all = rows().map(boxOf).filter(Boolean); const on = all.some((one) => !one.checked); for (const one of all) tick(one, on); return all.length > 0; }],
    "list.take": [".desk-take", () => { const button = row()?.querySelector(".desk-take"); button?.click(); return Boolean(button); }],
    "list.peek": [".desk-peek", (event) => { if (!event.target.matches(TITLE)) return false; row().querySelector(".desk-peek")?.click(); return true; }],
    "board.next": [".board", () => column(1)], "board.previous": [".board", () => column(-1)],
    "case.reply": ['#composer [name="audience"]:not([value="note"])', () => reader(false)], "case.note": ['#composer [value="note"]', () => reader(true)],
    "pane.next": ["main", () => pane(1)], "pane.previous": ["main", () => pane(-1)],
    "page.leave": ["main", (event) => leave(event.target)], "form.send": ["main form .button--primary", (event) => send(event.target)],
    "page.field": [`main :is(${FIELD})`, () => focus([...document.querySelectorAll(`main :is(${FIELD})`)].find(seen))],
    "tab.next": [".tabs", () => tab(1)], "tab.previous": [".tabs", () => tab(-1)],
    "evidence.next": [".exhibit", () => step(".exhibit", 1)], "evidence.previous": [".exhibit", () => step(".exhibit", -1)],
    "evidence.supports": ['.verdict-form [value="supports"]', () => verdict("supports")], "evidence.neutral": ['.verdict-form [value="neutral"]', () => verdict("neutral")],
    "evidence.against": ['.verdict-form [value="against"]', () => verdict("against")], "evidence.reject": ['.verdict-form [value="reject"]', () => verdict("reject")],
    "composer.send": ["#composer [data-send-button]", () => false], "composer.wait": ["#composer [data-wait-button]", () => false], "composer.macro": ["#macro", () => false],
  };

  const column = (by) => {
    const all = [...document.querySelectorAll(".board__column")].filter((one) => one.querySelector(ROW));
    const at = all.findIndex((one) => one.contains(document.activeElement));
    if (at < 0) return all.length > 0 && focus(titleOf(all[0].querySelector(ROW)));
    const place = [...all[at].querySelectorAll(ROW)].indexOf(row());
    const there = [...all[Math.max(0, Math.min(all.length - 1, at + by))].querySelectorAll(ROW)];
    return focus(titleOf(there[Math.min(place, there.length - 1)]));
  };

  // Acts on the selection take the row under the focus when nothing is ticked.
  const press = (element) => {
    if (element.matches("#bulk [data-act]") && !document.querySelector('#bulk [type="hidden"][name="case"], .check[name="case"]:checked')) {
      const box = boxOf(row());
      if (!box) return false;
      tick(box, true);
    }
    if (element.matches("input, select, textarea, [data-key-focus]")) {
      const part = element.closest("[popover]");
      if (part && !seen(part)) part.showPopover?.();
      return focus(element);
    }
    element.click();
    return true;
  };

  const offers = (name) => Boolean((MOVES[name] && document.querySelector(MOVES[name][0])) || byKey(name) || table.go[name]);

  const run = (name, event) => {
    if (MOVES[name] && document.querySelector(MOVES[name][0])) return MOVES[name][1](event);
    const element = byKey(name);
    if (element) return press(element);
    if (!table.go[name]) return false;
    location.assign(table.go[name]);
    return true;
  };

  const regions = (target) => {
    const found = [];
    for (let at = target?.closest?.("[data-region]"); at; at = at.parentElement?.closest("[data-region]")) found.push(...at.dataset.region.split(" "));
    if (!found.length) found.push(...(document.getElementById("main")?.dataset.region?.split(" ") ?? []));
    return [...found, "everywhere"];
  };

  // The letter on the cap where another script is typed; the sign itself where AltGr makes it.
  const chordOf = (event) => {
    const wide = event.getModifierState("AltGraph");
    let key = event.key === " " ? "Space" : event.key;
    if (key.length === 1 && key > "\u007f" && /^Key[A-Z]$/.test(event.code)) key = event.code[3];
    const letter = key.length === 1;
    if (letter) key = key.toLowerCase();
    const parts = [];
    if ((event.ctrlKey || event.metaKey) && !wide) parts.push("Control");
    if (event.altKey && !wide) parts.push("Alt");
    if (event.shiftKey && (!letter || /[a-z]/.test(key))) parts.push("Shift");
    return [...parts, key].join("+");
  };

  const types = (target) => target.matches?.("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const chord = chordOf(event);
    const free = /^(Control\+|Alt\+|F6|Shift\+F6|Escape)/.test(chord);
    if (event.target.closest?.("dialog[open]") || (types(event.target) && (!free || chord === "Control+a" || chord.startsWith("Alt+")))) { before = ""; return; }
    const where = regions(event.target);
    const full = before ? `${before} ${chord}` : chord;
    clearTimeout(timer);
    before = "";
    for (const region of where) {
      const acts = table.in[region] ?? {};
      const name = acts[full];
      if (name && offers(name)) {
        if (event.repeat && !/\.(next|previous|extend_)/.test(name)) { event.preventDefault(); return; }
        if (run(name, event)) { event.preventDefault(); return; }
      }
      if (!full.includes(" ") && Object.keys(acts).some((one) => one.startsWith(`${full} `))) {
        before = full;
        timer = setTimeout(() => { before = ""; }, WAIT);
        event.preventDefault();
        return;
      }
    }
  });

  document.addEventListener("focusin", (event) => { lastRow = event.target.closest?.(ROW) ?? lastRow; });

  // What the page offers now, for the list of keys and for the palette.
  window.redressKeys = {
    regions: () => [...new Set([...document.querySelectorAll("[data-region]")].flatMap((one) => one.dataset.region.split(" ")))],
    offers,
    run,
  };

  const list = document.getElementById("key-list");
  const show = async () => {
    const answer = await fetch(`${list.dataset.src}?in=${window.redressKeys.regions().join(",")}`).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const one of page.querySelectorAll("[data-shortcut]")) if (!offers(one.dataset.shortcut)) one.remove();
    for (const one of page.querySelectorAll("[data-keys-of]")) if (!one.querySelector("[data-shortcut]")) one.remove();
    document.getElementById("key-list-body").replaceChildren(...page.body.childNodes);
    list.showModal();
  };
  for (const name of ["palette.open", "help.open"]) for (const one of document.querySelectorAll(`[data-key="${name}"]`)) one.hidden = false;
  document.addEventListener("click", (event) => { if (event.target.closest?.('[data-key="help.open"]')) show(); });

  // Coming back from a case: the row that was open has the focus again.
  const asked = decodeURIComponent(location.hash.slice(1));
  const there = asked && document.querySelector(`[data-ref="${CSS.escape(asked)}"]`);
  if (there) window.addEventListener("load", () => setTimeout(() => focus(titleOf(there))), { once: true });
}
