/* <unread-count>: asks for the count beside the bell every 30 seconds, only while the page can be seen. The server draws it; 304 changes nothing. */
{
  const EVERY = 30000;

  customElements.define("unread-count", class extends HTMLElement {
    connectedCallback() {
      this.timer = setInterval(() => !document.hidden && this.ask(), EVERY);
      this.seen = () => !document.hidden && Date.now() - (this.asked || 0) > EVERY && this.ask();
      document.addEventListener("visibilitychange", this.seen);
      this.asked = Date.now();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      document.removeEventListener("visibilitychange", this.seen);
    }

    async ask() {
      this.asked = Date.now();
      const headers = { "X-Redress-Poll": "1" };
      if (this.etag) headers["If-None-Match"] = this.etag;
      try {
        const answer = await fetch(this.dataset.src, { headers, credentials: "same-origin", redirect: "error" });
        if (answer.status !== 200) return;
        this.etag = answer.headers.get("ETag");
        this.innerHTML = await answer.text();
      } catch {
        /* no network: the next turn asks again */
      }
    }
  });
}
