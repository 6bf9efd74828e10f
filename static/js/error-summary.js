/* <error-summary>: takes focus when the page shows it; its links bring the field into view and focus it. */
customElements.define("error-summary", class extends HTMLElement {
  connectedCallback() {
    this.focus();
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      (field.matches("fieldset") ? field.querySelector("input") || field : field).focus({ preventScroll: true });
    });
  }
});
