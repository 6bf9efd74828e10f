/* Says at the foot of the page that the network is away: at once when it goes, and on a page that was opened without it. */
{
  const note = document.querySelector("[data-offline]");
  const show = () => { if (note) note.hidden = navigator.onLine; };

  for (const name of ["online", "offline", "pageshow"]) window.addEventListener(name, show);
  show();
}
