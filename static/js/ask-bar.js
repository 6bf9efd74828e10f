/* <ask-bar>: shows the page's primary action at the foot of a phone once the ask card has scrolled out above. It takes space; nothing lies under it. */
customElements.define("ask-bar", class extends HTMLElement {
  connectedCallback() {
    const card = document.querySelector(".ask-card");
    if (!card) return;
    this.seen = new IntersectionObserver(([entry]) => {
      const away = !entry.isIntersecting && entry.boundingClientRect.top < 0;
      this.hidden = !away;
      document.documentElement.classList.toggle("has-bar", away);
    });
    this.seen.observe(card);
  }

  disconnectedCallback() {
    this.seen?.disconnect();
    document.documentElement.classList.remove("has-bar");
  }
});
