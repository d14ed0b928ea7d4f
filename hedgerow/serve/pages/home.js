// A file that is dropped anywhere on the page is the chosen file; a browser would open it instead.
(() => {
  const form = document.getElementById("form"), file = document.getElementById("file");
  for (const name of ["dragenter", "dragover"]) document.addEventListener(name, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("s-drop");
  });
  for (const name of ["dragleave", "drop"]) document.addEventListener(name, () => form.classList.remove("s-drop"));
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    file.files = one.files;
    file.focus();
  });
  // Too large a file is not sent at all: a browser would only say that the connection was cut.
  const most = Number(form.dataset.most), problem = document.getElementById("problem");
  form.addEventListener("submit", (event) => {
    const pasted = new TextEncoder().encode(document.getElementById("pasted").value).length;
    const size = pasted + (file.files.length ? file.files[0].size : 0);
    problem.hidden = size <= most;
    if (size <= most) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    problem.textContent = `That is too much at once: ${(size / 2 ** 20).toFixed(1)} MB, and at most ${(most / 2 ** 20).toFixed(1)} MB are taken.`;
  });
  form.addEventListener("submit", () => { for (const button of form.querySelectorAll("button")) button.classList.add("s-busy"); });
  addEventListener("pageshow", () => { for (const button of form.querySelectorAll("button")) button.classList.remove("s-busy"); });
})();
