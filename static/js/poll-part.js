/* <poll-part>: asks for a small part of the page every 30 s while it can be seen; 304 leaves the page alone; with data-later the first time after 30 s. It does not keep the session alive. */
{
  const EVERY = 30000;

  customElements.define("poll-part", class extends HTMLElement {
    connectedCallback() {
      this.timer = setInterval(() => this.poll(), EVERY);
      this.seen = () => { if (!document.hidden) this.poll(); };
      document.addEventListener("visibilitychange", this.seen);
      document.addEventListener("input", this.typed = (event) => { if (event.target.form?.id === this.dataset.form) this.writing = Date.now(); });
      if (!("later" in this.dataset)) this.poll();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      document.removeEventListener("visibilitychange", this.seen);
      document.removeEventListener("input", this.typed);
    }

    async poll() {
      if (document.hidden) return;
      const doing = Date.now() - (this.writing || 0) < 2 * EVERY ? "writing" : "reading";
      const address = new URL(this.dataset.src, location.href);
      address.searchParams.set("doing", doing);
      const headers = { "X-Redress-Poll": "1" };
      if (this.tag) headers["If-None-Match"] = this.tag;
      const answer = await fetch(address, { headers, redirect: "error" }).catch(() => null);
      if (!answer || answer.status !== 200) return;
      this.tag = answer.headers.get("ETag");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of page.querySelectorAll("[data-into]")) document.getElementById(part.dataset.into)?.replaceChildren(...part.childNodes);
    }
  });
}
