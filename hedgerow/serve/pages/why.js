// Why a sentence has its labels: asked of the server when a person wants to know.
(() => {
  const content = document.getElementById("panel-content"), main = document.querySelector("main");
  const known = new Map();

  function make(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }
  const percent = (share) => `${Math.round(100 * share)} %`;
  const points = (change) => {
    const rounded = Math.round(100 * change);
    return rounded ? `${rounded > 0 ? "+" : "−"}${Math.abs(rounded)}` : "0";
  };

  // The words of the sentence, without what only a screen reader is told.
  function textOf(sentence) {
    const copy = sentence.cloneNode(true);
    for (const spoken of copy.querySelectorAll(".h-spoken")) spoken.remove();
    return copy.textContent;
  }

  function explained(row, sentence) {
    const found = row.explanation, parts = [];
    for (const axis of ["certainty", "stance"]) {
      const one = found[axis];
      if (!one) continue; // the model has no such head
      parts.push(make("p", `${axis}: ${one.label} ${percent(one.score)}, then ${one.runner_up} ${percent(one.runner_up_score)}`));
    }
    const axes = ["certainty", "stance"].filter((axis) => found[axis]);
    const inText = { certainty: sentence.dataset.c, stance: sentence.dataset.t };
    const differs = axes.map((axis) => found[axis].label !== inText[axis] && inText[axis]).filter((label) => label && label !== "none");
    if (differs.length) parts.push(make("p", `In its text the sentence is ${differs.join(" and ")}, by what stands before it; this asks about it alone.`));
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const title of ["without the word", ...axes.map((axis) => `${found[axis].label}, points`)]) {
      const cell = make("th", title);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const word of found.words.slice(0, 8)) {
      const line = body.insertRow(), name = make("th", word.text);
      name.scope = "row";
      line.append(name, ...axes.map((axis) => make("td", points(word[axis]))));
    }
    if (found.words.length) parts.push(table);
    const note = make("p", found.note);
    note.className = "h-note";
    return [...parts, note];
  }

  async function ask(sentence) {
    const asked = { sentences: [textOf(sentence)], model: main.dataset.model, explain: true };
    return (await post("/v1/label", asked)).sentences[0];
  }

  function showIn(box, sentence) {
    const title = make("h3", "Why these labels");
    box.replaceChildren(title, ...explained(known.get(sentence.id), sentence));
  }

  content.addEventListener("hedgerow-shown", ({ detail: sentence }) => {
    const box = document.createElement("div");
    box.className = "h-why s-why";
    content.append(box);
    if (known.has(sentence.id)) return showIn(box, sentence);
    const button = make("button", "Why these labels?");
    button.type = "button";
    box.append(button);
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.textContent = "Asking the model…";
      try {
        known.set(sentence.id, await ask(sentence));
        showIn(box, sentence);
      } catch (error) {
        button.disabled = false;
        button.textContent = "Why these labels?";
        const failed = make("p", `No answer: ${error.message}`);
        failed.className = "s-error";
        box.replaceChildren(button, failed);
      }
    });
  });
})();
