/* <file-uploads data-script>: its own script comes when the place is seen, pressed, in focus or dragged over, and takes over the files chosen meanwhile.
   In a window that left files on their way it comes at once. */
if (window.isSecureContext && window.Worker) {
  const take = (zone, files) => zone.querySelector("drop-zone").dispatchEvent(new CustomEvent("files-chosen", { bubbles: true, cancelable: true, detail: files }));
  const bring = (zone) => (zone.coming ||= import(zone.dataset.script).catch((error) => { zone.coming = null; throw error; }));
  const wait = (zone) => {
    const come = () => bring(zone).catch(() => {});
    const seen = new IntersectionObserver(([one]) => { if (one.isIntersecting) { seen.disconnect(); come(); } });
    seen.observe(zone);
    if (sessionStorage.getItem(`uploads-${zone.dataset.case}`)) come();
    for (const name of ["focusin", "pointerdown", "dragenter"]) zone.addEventListener(name, come);
    zone.addEventListener("files-chosen", (event) => {
      if (zone.choose) return;
      event.preventDefault();
      bring(zone).then(() => take(zone, event.detail)).catch(() => { zone.querySelector("[data-status]").textContent = zone.dataset.failed; });
    });
    for (const part of zone.querySelectorAll("[data-large]")) { part.hidden = false; part.nextElementSibling.hidden = true; }
  };
  for (const zone of document.querySelectorAll("file-uploads[data-script]")) wait(zone);
}
