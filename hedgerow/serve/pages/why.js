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
      parts.push(make("p", `${axis}: ${one.label} ${percent(one.score)}, then ${one.runner_up} ${percent(one.runner_up_score)}`));
    }
    const differs = [found.certainty.label !== sentence.dataset.c && sentence.dataset.c, found.stance.label !== sentence.dataset.t && sentence.dataset.t]
      .filter((label) => label && label !== "none");
    if (differs.length) parts.push(make("p", `In its text the sentence is ${differs.join(" and ")}, by what stands before it; this asks about it alone.`));
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const title of ["without the word", `${found.certainty.label}, points`, `${found.stance.label}, points`]) {
      const cell = make("th", title);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const word of found.words.slice(0, 8)) {
      const line = body.insertRow(), name = make("th", word.text);
      name.scope = "row";
      line.append(name, make("td", points(word.certainty)), make("td", points(word.stance)));
    }
    if (found.words.length) parts.push(table);
    const note = make("p", found.note);
    note.className = "h-note";
    return [...parts, note];
  }

  async function ask(sentence) {
    const body = JSON.stringify({ sentences: [textOf(sentence)], model: main.dataset.model, explain: true });
    const answer = await fetch("/v1/label", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error.message);
    return told.sentences[0];
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
