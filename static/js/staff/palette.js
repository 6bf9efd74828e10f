/* The command palette: a combobox over a list. Cases and pages come from the server, acts of this page from its own buttons and links. */
{
  const dialog = document.getElementById("palette");
  const field = document.getElementById("palette-field");
  const list = document.getElementById("palette-list");
  const count = document.getElementById("palette-count");
  const acts = new Map();
  let timer = 0;
  let asked = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector('[aria-selected="true"]');

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const words = (element) => (element.dataset.words || element.getAttribute("aria-label") || element.textContent).replace(/\s+/g, " ").trim();

  // Buttons and links that the keys or the page's own list of acts name; each once.
  const here = (typed) => {
    const parts = typed.toLowerCase().split(/\s+/);
    const found = new Map();
    for (const element of document.querySelectorAll("main [data-key], main [data-command], .next-steps a, .page-head__acts a")) {
      if (element.matches("[hidden], :disabled, [data-key='page.back']") || element.closest("dialog, .desk-bulk:not(.desk-bulk--kept)")) continue;
      const clone = element.cloneNode(true);
      for (const cap of clone.querySelectorAll(".keys, kbd, svg")) cap.remove();
      if (element.title) clone.dataset.words = element.title.replace(/ \([^()]*\)$/, "");
      const said = words(clone);
      if (said && !found.has(said) && parts.every((part) => said.toLowerCase().includes(part))) found.set(said, element);
    }
    return found;
  };

  const group = (found) => {
    const box = document.createElement("div");
    box.className = "palette__group";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", list.dataset.here);
    const title = document.createElement("p");
    title.className = "palette__title";
    title.ariaHidden = "true";
    title.textContent = list.dataset.here;
    box.append(title);
    for (const [said, element] of found) {
      const option = dialog.querySelector("template").content.firstElementChild.cloneNode(true);
      option.querySelector(".palette__words").textContent = said;
      option.querySelector(".palette__more").textContent = element.getAttribute("aria-keyshortcuts") ?? "";
      acts.set(option, element);
      box.append(option);
    }
    return box;
  };

  const fill = async () => {
    const typed = field.value.trim();
    const turn = ++asked;
    const answer = await fetch(`${list.dataset.src}?${new URLSearchParams({ q: typed })}`).catch(() => null);
    if (turn !== asked || !dialog.open) return;
    const text = answer?.ok ? await answer.text() : "";
    if (turn !== asked) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    acts.clear();
    const mine = here(typed);
    list.replaceChildren(...page.body.querySelectorAll(".palette__group"));
    if (mine.size) list.insertBefore(group(mine), typed ? list.firstElementChild?.nextElementSibling ?? null : list.firstElementChild);
    options().forEach((option, at) => { option.id = `palette-${at}`; });
    choose(options()[0]);
    const many = options().length;
    count.textContent = many ? (many === 1 ? count.dataset.one : count.dataset.many).replace("{n}", many) : count.dataset.none;
  };

  const go = (option) => {
    if (!option) return;
    dialog.close();
    const element = acts.get(option);
    if (!element) { location.assign(option.dataset.href); return; }
    if (element.matches("input, select, textarea, [data-key-focus]")) element.focus();
    else if (element.dataset.key) window.redressKeys.run(element.dataset.key, { target: element });
    else element.click();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.('[data-key="palette.open"]')) {
      event.preventDefault();
      field.value = "";
      list.replaceChildren();
      dialog.showModal();
      field.focus();
      fill();
    } else if (dialog.open) go(event.target.closest?.("#palette [role=option]"));
  });
  field?.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(fill, 150); });
  dialog?.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: event.ctrlKey ? 0 : undefined, End: event.ctrlKey ? all.length - 1 : undefined, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (to !== undefined && all.length) {
      event.preventDefault();
      choose(all[event.key.startsWith("Arrow") ? (to + all.length) % all.length : Math.max(0, Math.min(all.length - 1, to))]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(chosen());
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.close();
    }
  });
}
