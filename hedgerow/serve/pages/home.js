// A file that is dropped on the form is the chosen file.
(() => {
  const form = document.getElementById("form"), file = document.getElementById("file");
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("s-drop");
  });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("s-drop"));
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    file.files = one.files;
    file.focus();
  });
  form.addEventListener("submit", () => { for (const button of form.querySelectorAll("button")) button.classList.add("s-busy"); });
  addEventListener("pageshow", () => { for (const button of form.querySelectorAll("button")) button.classList.remove("s-busy"); });
})();
