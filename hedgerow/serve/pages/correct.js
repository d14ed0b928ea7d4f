// Correct labels: choose a sentence, set its labels, mark its spans, save. Everything shown is written as text.
(() => {
  const byId = (id) => document.getElementById(id);
  const sheet = byId("sheet"), editor = byId("editor"), line = byId("line"), told = byId("told");
  const isBlind = sheet.dataset.blind === "1", corpus = sheet.dataset.corpus;
  const MARKS = { probable: "◕", possible: "◑", uncommitted: "○", attributed: "“", endorsed: "✓", distanced: "~", disputed: "✗" };
  const { units, points, pieces, kindOf, split } = sentenceText;
  const LISTED = 100; // spans
  const labels = [...document.querySelectorAll(".c-label")], types = [...document.querySelectorAll(".c-type")];
  const typeKeys = new Map(types.map((button) => [button.dataset.key, button.dataset.type]));
  const labelKeys = new Map(labels.map((button) => [button.dataset.key, button.dataset]));

  // A row may be labelled without spans (null), which is not the same as none in the sentence ([]).
  const read = (row) => ({
    hasSpans: row.spans !== null,
    spans: (row.spans || []).map(({ start, end, type }) => ({ start: units(row.text, start), end: units(row.text, end), type })),
  });
  const rows = JSON.parse(sheet.dataset.rows).map((row) => ({ ...row, ...read(row) }));
  const places = rows.map((_, at) => byId(`s${at}`));

  let chosen = -1;
  let draft = null; // the labels and spans of the chosen sentence, as they stand in the editor
  let marked = null; // {anchor, focus}: the marked words; the caret of the keyboard is at `focus`
  let words = []; // of the chosen sentence: {start, end, isSpace, isWord}
  let isSaving = false;

  function make(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  const labelled = ({ certainty, stance }) => [certainty, stance].filter(Boolean).join(", ");
  const typeName = (type) => type.replace("_", " ");
  const say = (text, isError) => {
    told.textContent = text;
    told.classList.toggle("s-error", Boolean(isError));
  };
  // Every axis that the row or the model has needs a label; the other one may have one.
  const isWhole = () => rows[chosen].axes.every((axis) => draft[axis]) && Boolean(labelled(draft));
  const range = () => marked && { start: Math.min(marked.anchor.start, marked.focus.start), end: Math.max(marked.anchor.end, marked.focus.end) };
  const copy = (row) => ({ certainty: row.certainty, stance: row.stance, spans: row.spans.map((span) => ({ ...span })) });

  function drawPlace(at) {
    const row = rows[at], place = places[at];
    const drawn = at === chosen && draft ? draft : row;
    const isLabelled = row.axes.every((axis) => drawn[axis]);
    const state = { new: "", kept: "c-kept", decided: "c-decided" }[row.state];
    place.className = `h-s ${isLabelled ? `h-${drawn.certainty} h-${drawn.stance}` : "c-open"} ${state} ${at === chosen ? "h-on" : ""}`;
    const mark = isLabelled ? (MARKS[drawn.certainty] || "") + (MARKS[drawn.stance] || "") : "";
    if (mark) place.dataset.g = mark;
    else delete place.dataset.g;
    place.replaceChildren(...pieces(row.text, drawn.spans).map(({ start, end, span }) => make(span ? "mark" : "span", row.text.slice(start, end), span && kindOf(span))));
    const spoken = [isLabelled ? labelled(drawn) : "no labels yet", row.state === "decided" ? "decided" : ""].filter(Boolean).join(", ");
    place.append(make("span", ` (${spoken}) `, "h-spoken"));
  }

  function drawLine() {
    const text = rows[chosen].text, own = range();
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
    const own = range();
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
    byId("reset").disabled = JSON.stringify(draft) === JSON.stringify(copy(row));
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
    const own = range();
    if (!own) return;
    const others = draft.spans.filter(({ start, end }) => start !== own.start || end !== own.end);
    change({ spans: [...others, { ...own, type }].sort((one, other) => one.start - other.start || other.end - one.end) });
  }

  function removeMarked() {
    const own = range();
    const left = own && draft.spans.filter(({ start, end }) => end <= own.start || own.end <= start);
    if (!own || left.length === draft.spans.length) return say("Mark the words of the span first: press w, or tap them.");
    change({ spans: left });
  }

  function choose(at, hasFocus) {
    if (at < 0 || at >= rows.length) return;
    const before = chosen;
    chosen = at;
    draft = copy(rows[at]);
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
    if (isSaving || chosen < 0) return;
    isSaving = true;
    byId("save").disabled = true;
    try {
      await work(chosen);
    } catch (error) {
      say(`Not saved: ${error.message}`, true);
    } finally {
      isSaving = false;
      if (chosen >= 0) {
        drawEditor();
        keepFocus();
      }
    }
  }

  const save = () => saving(async (at) => {
    const row = rows[at], kept = { ...draft };
    if (!isWhole()) return say(`Choose a ${row.axes.join(" and a ")} first.`, true);
    const spans = !row.hasSpans && !kept.spans.length ? null : kept.spans.map(({ start, end, type }) => ({ start: points(row.text, start), end: points(row.text, end), type, text: row.text.slice(start, end) }));
    const saved = await post("/corrections", { id: row.id, doc: row.doc, group: row.group, text: row.text, ...kept, spans });
    rows.forEach((other, place) => {
      if (other.text !== row.text) return; // a corpus has a text once
      Object.assign(other, copy(kept), { id: saved.row.id, group: saved.row.group, doc: saved.row.doc, state: "decided", skipped: false, hasSpans: spans !== null });
      drawPlace(place);
    });
    say(`Saved: ${labelled(kept)}. ${corpus} has ${saved.rows} ${saved.rows === 1 ? "row" : "rows"}, ${saved.reviewed} decided.`);
    if (isBlind) compare(row.text, saved.before);
    if (chosen === at) goOn();
  });

  // Only now: the labels that were hidden.
  async function compare(text, before) {
    const shown = told.textContent;
    try {
      const other = before || (await post("/v1/label", { sentences: [text] })).sentences[0];
      say(`${shown} ${before ? "The row had" : "The model says, of the sentence alone"}: ${labelled(other)}.`);
    } catch (error) {
      say(`${shown} The model does not answer: ${error.message}`);
    }
  }

  const skip = () => saving(async (at) => {
    const row = rows[at];
    if (row.state === "decided") {
      const { row: kept } = await post("/corrections/skip", { id: row.id });
      row.state = kept ? kept.state : "new";
      say(kept && kept.state === "decided" ? `${corpus} keeps the row as it was when the server started.` : "Taken back.");
      if (kept) Object.assign(row, kept, read(kept));
    } else say("Skipped.");
    row.skipped = true;
    drawPlace(at);
    goOn();
  });

  // Marking by keyboard: an arrow moves by word, Shift takes more words; Alt moves the end by letter, with Shift the start.
  function startMarking() {
    line.focus();
    if (!marked) mark(words.find((word) => word.isWord));
  }
  function moveWord(by, isLonger) {
    const { anchor, focus } = marked, own = words.filter((word) => word.isWord);
    const at = by > 0 ? own.findIndex((word) => word.start >= focus.end) : own.findLastIndex((word) => word.end <= focus.start);
    if (at >= 0) mark(isLonger ? anchor : own[at], own[at]);
  }
  function moveLetter(by, isStart) {
    const own = range(), text = rows[chosen].text;
    const at = points(text, isStart ? own.start : own.end) + by;
    const to = units(text, Math.max(0, at));
    const moved = isStart ? { start: to, end: own.end } : { start: own.start, end: to };
    if (moved.start < moved.end) mark(moved);
  }

  // Marking by pointer: drag over words; or tap the first word, then the last.
  let dragged = null;
  const wordAt = (event) => {
    const target = document.elementFromPoint(event.clientX, event.clientY);
    const word = target && line.contains(target) && target.dataset.word !== undefined ? words[Number(target.dataset.word)] : null;
    return word && !word.isSpace ? word : null;
  };
  line.addEventListener("pointerdown", (event) => {
    const word = event.button === 0 ? wordAt(event) : null;
    if (!word) return;
    dragged = { word, hasMoved: false, before: marked };
    line.setPointerCapture(event.pointerId);
  });
  line.addEventListener("pointermove", (event) => {
    const word = dragged && wordAt(event);
    if (!word || (word === dragged.word && !dragged.hasMoved)) return;
    dragged.hasMoved = true;
    mark(dragged.word, word);
  });
  line.addEventListener("pointerup", () => {
    if (!dragged) return;
    const { word, hasMoved, before } = dragged;
    dragged = null;
    if (hasMoved) return;
    const isSame = before && before.anchor.start === word.start && before.focus.end === word.end;
    mark(isSame ? null : before ? before.anchor : word, word);
  });
  line.addEventListener("pointercancel", () => { dragged = null; });

  const actions = {
    j: () => choose(chosen + 1, true), k: () => choose(chosen < 0 ? rows.length - 1 : chosen - 1, true),
    w: startMarking, s: skip, z: () => change(copy(rows[chosen])), Delete: removeMarked, Backspace: removeMarked, Enter: save,
  };
  // Keys count while the focus is on a sentence or in the editor.
  document.addEventListener("keydown", (event) => {
    const inText = sheet.contains(event.target), inEditor = editor.contains(event.target);
    if (event.ctrlKey || event.metaKey || (!inText && !inEditor)) return;
    const isButton = event.target.closest("button, summary") && [" ", "Enter"].includes(event.key);
    if (isButton) return;
    const inLine = event.target === line && marked;
    const arrow = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (inLine && arrow) (event.altKey ? moveLetter : moveWord)(arrow, event.shiftKey);
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
  for (const [id, action] of [["save", save], ["skip", skip], ["reset", actions.z], ["next", actions.j], ["previous", actions.k]]) byId(id).addEventListener("click", action);

  places.forEach((_, at) => drawPlace(at));
  const first = rows.findIndex((row) => row.state !== "decided");
  if (rows.length) choose(Math.max(0, first), true);
})();
