/* <print-button>: shows itself when there is a script to press it, and prints the page. */
customElements.define("print-button", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", () => window.print());
  }
});
