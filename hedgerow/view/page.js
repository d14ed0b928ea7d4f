"use strict";
// What the page does when it is used: choose a sentence, filter, sort the index. It only ever writes text, never HTML,
// and asks for nothing.
(() => {
  const CERTAINTY = ["certain", "probable", "possible", "uncommitted"];
  const STANCE = ["asserted", "attributed", "endorsed", "distanced", "disputed"];
  const byId = (id) => document.getElementById(id);
  const sentences = [...document.querySelectorAll(".h-doc .h-s[id]")];
  const place = new Map(sentences.map((sentence, at) => [sentence.id, at]));
  const panel = byId("panel"), content = byId("panel-content");
  const own = new Map(sentences.map((sentence) => [sentence, JSON.parse(sentence.dataset.own || "[]")])); // [head, label, scores]
  let chosen = -1;

  function make(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function table(title, labels, scores, best) {
    const made = make("table");
    made.append(make("caption", title));
    labels.forEach((label, at) => {
      const row = made.insertRow();
      if (label === best) row.className = "h-best";
      const name = make("th", label);
      name.scope = "row";
      row.append(name, make("td", scores[at] + " %"));
    });
    return made;
  }

  function show(sentence) {
    const data = sentence.dataset;
    const scores = make("div", undefined, "h-scores");
    if (data.cs) scores.append(table("Certainty", CERTAINTY, data.cs.split(" "), data.c));
    if (data.ts) scores.append(table("Stance", STANCE, data.ts.split(" "), data.t));
    for (const [head, best, rows] of own.get(sentence)) scores.append(table(head, rows.map((row) => row[0]), rows.map((row) => row[1]), best));
    const number = sentence.id.split("-")[1];
    const axes = [data.c, data.t].filter((name) => name !== undefined).map((name) => (name === "none" ? null : name));
    const labels = [...axes, ...own.get(sentence).map((one) => one[1])].map((name) => (name === null ? "no label" : name));
    content.replaceChildren(make("h3", `Sentence ${number}${labels.length ? ": " : ""}${labels.join(", ")}`), scores);
    const marks = [...sentence.querySelectorAll("mark")].map((mark) => [mark.dataset.k, mark.textContent, mark.dataset.w]);
    const spans = [...marks, ...JSON.parse(data.more || "[]")];
    if (spans.length) {
      const list = make("ul");
      for (const [kind, words, score] of spans)
        list.append(make("li", `${kind.replace("_", " ")}: “${words}”${score === undefined || score === null ? "" : `, ${score} %`}`));
      content.append(list);
    }
    if (data.speaker) content.append(make("p", `Spoken by ${data.speaker}.`));
    if (data.time) content.append(make("p", `Said at ${data.time} seconds.`));
    for (const note of (data.note || "").split("\n")) if (note) content.append(make("p", note));
    const why = byId(`why-${number}`);
    if (why && sentence.id.startsWith("s1-")) {
      const link = make("a", "Why these labels");
      link.href = `#${why.id}`;
      content.append(link);
    }
    panel.hidden = false;
    document.body.classList.add("h-panel-open");
    content.dispatchEvent(new CustomEvent("hedgerow-shown", { detail: sentence })); // for the script of a server
  }

  function hide() {
    panel.hidden = true;
    document.body.classList.remove("h-panel-open");
    if (chosen >= 0) sentences[chosen].classList.remove("h-on");
    chosen = -1;
  }

  function choose(at, focus) {
    if (at < 0 || at >= sentences.length) return;
    if (chosen >= 0) sentences[chosen].classList.remove("h-on");
    const before = sentences.findIndex((sentence) => sentence.tabIndex === 0);
    if (before >= 0) sentences[before].tabIndex = -1;
    chosen = at;
    const sentence = sentences[at];
    sentence.tabIndex = 0;
    sentence.classList.add("h-on");
    show(sentence);
    if (focus) {
      sentence.focus({ preventScroll: true });
      sentence.scrollIntoView({ block: "nearest" });
    }
  }

  // Only the sentences that match the filters are gone through.
  function step(by) {
    for (let at = chosen < 0 && by < 0 ? sentences.length - 1 : chosen + by; at >= 0 && at < sentences.length; at += by)
      if (!sentences[at].classList.contains("h-dim")) return choose(at, true);
  }

  const sentenceOf = (target) => (target instanceof Element ? target.closest(".h-doc .h-s[id]") : null);
  const STEPS = { j: 1, ArrowRight: 1, ArrowDown: 1, k: -1, ArrowLeft: -1, ArrowUp: -1 };

  document.addEventListener("click", (event) => {
    const sentence = sentenceOf(event.target);
    if (sentence) return choose(place.get(sentence.id), true);
    const link = event.target instanceof Element && event.target.closest('a[href^="#s"]');
    if (link && place.has(link.hash.slice(1))) {
      event.preventDefault();
      choose(place.get(link.hash.slice(1)), true);
    }
  });
  document.addEventListener("mouseover", (event) => {
    const sentence = sentenceOf(event.target);
    if (!sentence) return;
    sentence.removeAttribute("title"); // the panel says it
    if (matchMedia("(hover: hover)").matches) show(sentence);
  });
  document.addEventListener("mouseout", (event) => {
    if (sentenceOf(event.target) && chosen >= 0 && !sentenceOf(event.relatedTarget)) show(sentences[chosen]);
  });
  document.addEventListener("focusin", (event) => {
    const sentence = sentenceOf(event.target);
    if (sentence && place.get(sentence.id) !== chosen) choose(place.get(sentence.id), false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input, textarea")) return;
    if (event.key === "Escape") return hide();
    const by = STEPS[event.key];
    if (by === undefined || (event.key.startsWith("Arrow") && !sentenceOf(event.target))) return;
    event.preventDefault();
    step(by);
  });
  byId("close").addEventListener("click", hide);

  // Filters: within a group any of the pressed labels, across groups all of them.
  const chips = [...document.querySelectorAll(".h-chip")], bySource = byId("by-source"), clear = byId("clear");
  const strip = new Map();
  for (const bar of document.querySelectorAll(".h-strip [data-of]")) strip.set(bar.dataset.of, [...(strip.get(bar.dataset.of) || []), bar]);
  const kinds = sentences.map((sentence) => [
    ...[...sentence.querySelectorAll("mark")].map((mark) => mark.dataset.k), ...JSON.parse(sentence.dataset.more || "[]").map((span) => span[0]),
  ]);
  const labelsOf = sentences.map((sentence) => ({
    certainty: sentence.dataset.c, stance: sentence.dataset.t, ...Object.fromEntries(own.get(sentence).map(([head, label]) => [`own:${head}`, label])),
  }));

  function filter() {
    const wanted = new Map();
    for (const chip of chips) if (chip.getAttribute("aria-pressed") === "true") {
      const what = chip.dataset.filter;
      wanted.set(what, (wanted.get(what) || new Set()).add(chip.dataset.value));
    }
    const source = bySource ? bySource.value : "";
    const any = source !== "" || wanted.size > 0;
    let matches = 0;
    sentences.forEach((sentence, at) => {
      const data = sentence.dataset, doc = sentence.id.slice(1).split("-")[0];
      const fits = [...wanted].every(([what, values]) => what === "kind" ? kinds[at].some((kind) => values.has(kind)) : values.has(labelsOf[at][what])) &&
        (!source || (data.src || "").split(" ").some((number) => `${doc}-${number}` === source));
      matches += fits;
      sentence.classList.toggle("h-dim", !fits);
      for (const bar of strip.get(sentence.id) || []) bar.classList.toggle("h-dim", !fits);
    });
    byId("matches").textContent = any ? `${matches} of ${sentences.length} sentences match` : "";
    clear.hidden = !any;
  }

  for (const chip of chips) chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    filter();
  });
  if (bySource) bySource.addEventListener("change", filter);
  clear.addEventListener("click", () => {
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    if (bySource) bySource.value = "";
    filter();
  });
  const filters = byId("filters");
  filters.hidden = false;
  filters.open = matchMedia("(min-width: 64rem)").matches;

  // The strip: a click goes to the sentence at that height.
  for (const drawing of document.querySelectorAll(".h-strip")) drawing.addEventListener("click", (event) => {
    const own = [...drawing.closest(".h-doc").querySelectorAll(".h-s[id]")];
    const lengths = own.map((sentence) => sentence.textContent.length);
    const box = drawing.getBoundingClientRect();
    let left = ((event.clientY - box.top) / box.height) * lengths.reduce((sum, length) => sum + length, 0);
    const at = lengths.findIndex((length) => (left -= length) < 0);
    if (own.length) choose(place.get(own[at < 0 ? own.length - 1 : at].id), true);
  });

  // The index is sorted by the column whose title is pressed; pressed again, the other way round.
  const index = byId("index");
  if (index) index.tHead.addEventListener("click", (event) => {
    const button = event.target.closest(".h-sort");
    if (!button) return;
    const head = button.parentElement, column = Number(button.dataset.column);
    const up = head.getAttribute("aria-sort") === "descending" || (column === 0 && head.getAttribute("aria-sort") !== "ascending");
    for (const cell of index.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[column].dataset.value;
    const compare = (one, other) => (column === 0 ? value(one).localeCompare(value(other)) : value(one) - value(other));
    const body = index.tBodies[0];
    body.append(...[...body.rows].sort((one, other) => (up ? compare(one, other) : compare(other, one))));
  });

  if (sentences.length) sentences[0].tabIndex = 0;
  const goTo = () => place.has(location.hash.slice(1)) && choose(place.get(location.hash.slice(1)), true);
  addEventListener("hashchange", goTo);
  goTo();
})();
