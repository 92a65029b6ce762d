// A button that prints the page: <button data-print hidden>. Without this script it stays hidden; the browser's own menu prints.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
