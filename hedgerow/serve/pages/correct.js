// Correct labels: choose a sentence, set its labels, mark its spans, save. Everything shown is written as text.
(() => {
  const byId = (id) => document.getElementById(id);
  const sheet = byId("sheet"), editor = byId("editor"), line = byId("line"), told = byId("told");
  const isBlind = sheet.dataset.blind === "1", corpus = sheet.dataset.corpus;
  const MARKS = { probable: "◕", possible: "◑", uncommitted: "○", attributed: "“", endorsed: "✓", distanced: "~", disputed: "✗" };
  const { pieces, kindOf, split } = sentenceText;
  const LISTED = 100; // spans
  const LATER = " Your later change is not saved yet.";
  const labels = [...document.querySelectorAll(".c-label")], types = [...document.querySelectorAll(".c-type")];
  const typeKeys = new Map(types.map((button) => [button.dataset.key, button.dataset.type]));
  const labelKeys = new Map(labels.map((button) => [button.dataset.key, button.dataset]));

  const { rows, copy, isSame, sent, saved, takenBack } = correctRows(sheet);
  const places = rows.map((_, at) => byId(`s${at}`));

  let chosen = -1;
  let draft = null; // the labels and spans of the chosen sentence, as they stand in the editor
  let marked = null; // {anchor, focus}: the marked words; the caret of the keyboard is at `focus`
  let words = []; // of the chosen sentence: {start, end, isSpace, isWord}
  let isSaving = false;
  let turn = 0; // of saving: what is compared belongs to one

  function make(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  const labelled = ({ certainty, stance }) => [certainty, stance].filter(Boolean).join(", ");
  const named = (row) => labelled(row) || (!row.spans ? "its own labels" : row.spans.length === 1 ? "1 span" : `${row.spans.length || "no"} spans`);
  const typeName = (type) => type.replace("_", " ");
  const say = (text, isError) => {
    told.textContent = text;
    told.classList.toggle("s-error", Boolean(isError));
  };
  // Every axis that the row or the model has needs a label; the other one may have one. A row may have spans only, or
  // labels of the user's own, which the page does not know.
  const isWhole = () => rows[chosen].axes.every((axis) => draft[axis]) && Boolean(labelled(draft) || rows[chosen].hasSpans || rows[chosen].own || draft.spans.length);
  const missing = () => (rows[chosen].axes.length ? `Choose a ${rows[chosen].axes.join(" and a ")} first.` : "Choose a label, or mark a span, first.");

  function drawPlace(at) {
    const row = rows[at], place = places[at];
    const drawn = at === chosen && draft ? draft : row.draft || row;
    const shades = [drawn.certainty, drawn.stance].filter(Boolean).map((label) => `h-${label}`).join(" ");
    const isLabelled = row.axes.every((axis) => drawn[axis]);
    const state = row.draft ? "c-draft" : { new: "", kept: "c-kept", decided: "c-decided" }[row.state];
    place.className = `h-s ${isLabelled ? shades : "c-open"} ${state} ${at === chosen ? "h-on" : ""}`;
    const mark = isLabelled ? (MARKS[drawn.certainty] || "") + (MARKS[drawn.stance] || "") : "";
    if (mark) place.dataset.g = mark;
    else delete place.dataset.g;
    place.replaceChildren(...pieces(row.text, drawn.spans).map(({ start, end, span }) => make(span ? "mark" : "span", row.text.slice(start, end), span && kindOf(span))));
    const spoken = [isLabelled ? labelled(drawn) : "no labels yet", row.draft ? "changed, not saved" : row.state === "decided" ? "decided" : ""].filter(Boolean).join(", ");
    if (spoken) place.append(make("span", ` (${spoken}) `, "h-spoken"));
  }

  function drawLine() {
    const text = rows[chosen].text, own = marker.range();
    const cut = own ? [{ start: own.start, end: own.start }, { start: own.end, end: own.end }] : [];
    const cuts = pieces(text, [...draft.spans, ...cut]);
    let from = 0;
    const shown = words.flatMap((word, at) => {
      while (cuts[from].end <= word.start) from += 1;
      const own = [];
      for (let cut = from; cut < cuts.length && cuts[cut].start < word.end; cut += 1)
        own.push({ start: Math.max(cuts[cut].start, word.start), end: Math.min(cuts[cut].end, word.end), span: cuts[cut].span, at });
      return own;
    });
    line.replaceChildren();
    let place = line, inside; // the pieces of a span stand in one mark
    for (const { start, end, span, at } of shown) {
      if (span !== inside) {
        inside = span;
        place = span ? make("mark", undefined, kindOf(span)) : line;
        if (span) line.append(place);
      }
      const isOwn = own && own.start <= start && end <= own.end;
      const made = make("span", text.slice(start, end), isOwn ? "c-marked" : "");
      made.dataset.word = at;
      place.append(made);
    }
  }

  function drawEditor() {
    const row = rows[chosen];
    byId("title").textContent = `Sentence ${chosen + 1} of ${rows.length}`;
    drawLine();
    for (const button of labels) {
      const { axis, value } = button.dataset, score = (row.scores || {})[value];
      button.setAttribute("aria-pressed", String(draft[axis] === value));
      button.querySelector("small").textContent = score === undefined ? "" : `${score} %`;
    }
    for (const button of types) button.disabled = !marked;
    const own = marker.range();
    byId("marked").textContent = own ? `Marked: ${row.text.slice(own.start, own.end)}` : "";
    byId("spans").replaceChildren(...draft.spans.slice(0, LISTED).map((span) => {
      const item = make("li"), words = row.text.slice(span.start, span.end);
      const pick = make("button", words, kindOf(span)), remove = make("button", "×");
      pick.type = remove.type = "button";
      pick.title = "Mark these words again, to change their type";
      remove.setAttribute("aria-label", `Remove ${typeName(span.type)}: ${words}`);
      pick.addEventListener("click", () => mark({ start: span.start, end: span.end }));
      remove.addEventListener("click", () => change({ spans: draft.spans.filter((other) => other !== span) }));
      item.append(pick, make("span", typeName(span.type)), remove);
      return item;
    }));
    if (draft.spans.length > LISTED) byId("spans").append(make("li", `and ${draft.spans.length - LISTED} more`));
    byId("skip").firstChild.textContent = row.state === "decided" ? "Take back " : "Skip ";
    byId("save").disabled = isSaving || !isWhole();
    byId("reset").disabled = !row.draft;
    byId("previous").disabled = chosen === 0;
    byId("next").disabled = chosen === rows.length - 1;
  }

  // A button that had the focus may be gone or disabled now, and keys count only here.
  function keepFocus() {
    const active = document.activeElement;
    if (!active || active === document.body || active.disabled) line.focus({ preventScroll: true });
  }

  function change(changes) {
    Object.assign(draft, changes);
    rows[chosen].draft = isSame(draft, rows[chosen]) ? null : draft;
    marked = null;
    drawEditor();
    drawPlace(chosen);
    keepFocus();
  }

  function mark(anchor, focus = anchor) {
    marked = anchor && { anchor, focus };
    drawEditor();
    keepFocus();
  }

  function setType(type) {
    const own = marker.range();
    if (!own) return;
    const others = draft.spans.filter(({ start, end }) => start !== own.start || end !== own.end);
    change({ spans: [...others, { ...own, type }].sort((one, other) => one.start - other.start || other.end - one.end) });
  }

  function removeMarked() {
    const own = marker.range();
    const left = own && draft.spans.filter(({ start, end }) => end <= own.start || own.end <= start);
    if (!own || left.length === draft.spans.length) return say("Mark the words of the span first: press w, or tap them.");
    change({ spans: left });
  }

  function choose(at, hasFocus) {
    if (at < 0 || at >= rows.length) return;
    const before = chosen;
    chosen = at;
    draft = rows[at].draft || copy(rows[at]);
    marked = null;
    words = split(rows[at].text);
    if (before >= 0) {
      places[before].tabIndex = -1;
      drawPlace(before);
    } else places[0].tabIndex = -1;
    places[at].tabIndex = 0;
    editor.hidden = false;
    document.body.classList.add("c-open-editor");
    drawPlace(at);
    drawEditor();
    editor.scrollTop = 0; // on a phone it shows a part
    if (hasFocus) places[at].focus({ preventScroll: true });
    places[at].scrollIntoView({ block: "nearest" });
  }

  function leave() {
    const before = chosen;
    chosen = -1;
    draft = marked = null;
    editor.hidden = true;
    document.body.classList.remove("c-open-editor");
    drawPlace(before);
    places[before].focus();
  }

  // After a sentence the next one that nobody has decided; from the end on, the first one that was passed over.
  function goOn() {
    const open = (at) => rows[at].state !== "decided" && !rows[at].skipped;
    const order = rows.map((_, at) => (chosen + 1 + at) % rows.length);
    const next = order.find(open);
    if (next !== undefined) return choose(next, true);
    choose(chosen, true);
    say(`${told.textContent} Every sentence of this page is decided or skipped.`.trim());
  }

  async function saving(work) {
    if (chosen < 0) return;
    if (isSaving) return say("The server has not answered yet. Press again when it has.");
    const at = chosen;
    isSaving = true;
    turn += 1;
    byId("save").disabled = true;
    byId("compared").textContent = "";
    try {
      await work(at);
    } catch (error) {
      if (chosen < 0) choose(at, true); // the editor was closed, and would not show it
      say(`Not saved: ${error.message}${chosen === at ? "" : ` (sentence ${at + 1})`}`, true);
    } finally {
      isSaving = false;
      if (chosen >= 0) {
        drawEditor();
        keepFocus();
      }
    }
  }

  // Draw the rows that the server answered for; the editor may show another row of the same text by now.
  function refresh(places, at) {
    if (chosen !== at && places.includes(chosen)) draft = rows[chosen].draft || copy(rows[chosen]);
    places.forEach(drawPlace);
  }

  const save = () => saving(async (at) => {
    const row = rows[at], kept = copy(draft);
    if (!isWhole()) return say(missing(), true);
    const asked = sent(row, kept);
    const answer = await post("/corrections", asked);
    const { id, group, doc } = answer.row;
    refresh(saved(row.text, kept, { id, group, doc }, asked.spans !== null), at);
    const told = `Saved: ${named(asked)}. ${corpus} has ${answer.rows} ${answer.rows === 1 ? "row" : "rows"}, ${answer.reviewed} decided.`;
    const isChanged = chosen === at && !isSame(draft, kept); // while the server answered
    if (isChanged) change({});
    say(`${told}${isChanged ? LATER : ""}`);
    if (isBlind) compare(row.text, answer.before, `Sentence ${at + 1}`);
    if (chosen === at && !isChanged) goOn();
  });

  // Only now: the labels that were hidden. They have a line of their own, and come too late if something is saved again.
  async function compare(text, before, name) {
    const own = turn;
    let told;
    try {
      const other = before || (await post("/v1/label", { sentences: [text] })).sentences[0];
      told = `${name}: ${before ? "The row had" : "The model says, of the sentence alone"}: ${named(other)}.`;
    } catch (error) {
      told = `${name}: The model does not answer: ${error.message}`;
    }
    if (own === turn) byId("compared").textContent = told;
  }

  const skip = () => saving(async (at) => {
    const row = rows[at], before = copy(draft);
    let isChanged = false;
    if (row.state === "decided") {
      const { row: kept } = await post("/corrections/skip", { id: row.id });
      isChanged = Boolean(row.draft) && !isSame(row.draft, before); // while the server answered
      if (!isChanged) row.draft = null;
      refresh(takenBack(row.text, kept), at);
      const told = kept && kept.state === "decided" ? `${corpus} keeps the row as it was when the server started.` : "Taken back.";
      say(`${told}${isChanged ? LATER : ""}`);
    } else say(row.draft ? "Skipped; its change is not saved." : "Skipped.");
    row.skipped = true;
    drawPlace(at);
    if (chosen === at && !isChanged) goOn();
  });

  const marker = marking(line, { text: () => rows[chosen].text, words: () => words, marked: () => marked, mark });

  const actions = {
    j: () => choose(chosen + 1, true), k: () => choose(chosen < 0 ? rows.length - 1 : chosen - 1, true),
    w: marker.start, s: skip, z: () => change(copy(rows[chosen])), Delete: removeMarked, Backspace: removeMarked, Enter: save,
  };
  // Keys count while the focus is on a sentence or in the editor.
  document.addEventListener("keydown", (event) => {
    const inText = sheet.contains(event.target), inEditor = editor.contains(event.target);
    if (event.ctrlKey || event.metaKey || (!inText && !inEditor)) return;
    const isButton = event.target.closest("button, summary") && [" ", "Enter"].includes(event.key);
    if (isButton) return;
    const inLine = event.target === line && marked;
    const arrow = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (inLine && arrow) (event.altKey ? marker.moveLetter : marker.moveWord)(arrow, event.shiftKey);
    else if (event.altKey) return;
    else if (event.key === "Escape" && marked) { mark(null); places[chosen].focus(); }
    else if (event.key === "Escape" && chosen >= 0) leave();
    else if (chosen >= 0 && marked && typeKeys.has(event.key)) setType(typeKeys.get(event.key));
    else if (chosen >= 0 && labelKeys.has(event.key)) change({ [labelKeys.get(event.key).axis]: labelKeys.get(event.key).value });
    else if (inText && ["ArrowDown", "ArrowRight"].includes(event.key)) actions.j();
    else if (inText && ["ArrowUp", "ArrowLeft"].includes(event.key)) actions.k();
    else if ([" ", "Enter"].includes(event.key) && inText && chosen < 0) choose(places.indexOf(event.target.closest(".h-s")), true);
    else if (actions[event.key] && (chosen >= 0 || ["j", "k"].includes(event.key))) actions[event.key]();
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("click", (event) => {
    const place = event.target.closest(".h-s");
    if (place) choose(places.indexOf(place), true);
  });
  for (const button of labels) button.addEventListener("click", () => change({ [button.dataset.axis]: button.dataset.value }));
  for (const button of types) button.addEventListener("click", () => setType(button.dataset.type));
  for (const [id, action] of [["save", save], ["skip", skip], ["reset", actions.z], ["next", actions.j], ["previous", actions.k], ["leave", leave]]) byId(id).addEventListener("click", action);

  places.forEach((_, at) => drawPlace(at));
  const first = rows.findIndex((row) => row.state !== "decided");
  if (rows.length) choose(Math.max(0, first), true);
})();
