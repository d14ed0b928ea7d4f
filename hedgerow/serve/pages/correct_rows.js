// The rows of a sheet, with drafts: what a person changed and has not saved. A corpus has a text once, so what is saved
// of a text is true of all its rows here.
const correctRows = (sheet) => {
  const { units, points } = sentenceText;
  const HELD = ["id", "doc", "group", "certainty", "stance", "spans", "hasSpans", "axes", "state"];

  // A row may be labelled without spans (null), which is not the same as none in the sentence ([]).
  const read = (row) => ({
    ...row,
    hasSpans: row.spans !== null,
    spans: (row.spans || []).map(({ start, end, type }) => ({ start: units(row.text, start), end: units(row.text, end), type })),
  });
  const copy = (row) => ({ certainty: row.certainty, stance: row.stance, spans: row.spans.map((span) => ({ ...span })) });
  const held = (row) => Object.fromEntries(HELD.filter((name) => name in row).map((name) => [name, row[name]]));
  const isSame = (one, other) => JSON.stringify(copy(one)) === JSON.stringify(copy(other));

  const rows = JSON.parse(sheet.dataset.rows).map((row) => ({ ...read(row), draft: null }));
  // What a row is again if it leaves the corpus: as the model labelled it. Of a row that was saved before, nothing is known.
  const blank = { certainty: null, stance: null, spans: [], state: "new" };
  const first = rows.map((row) => ({ ...held(row), ...(row.state === "new" ? {} : blank) }));

  // Change all rows of a text; return their places.
  function update(text, changes) {
    const places = rows.flatMap((row, at) => (row.text === text ? [at] : []));
    for (const at of places) {
      Object.assign(rows[at], changes(at));
      if (rows[at].draft && isSame(rows[at].draft, rows[at])) rows[at].draft = null;
    }
    return places;
  }
  const saved = (text, labels, place, hasSpans) => update(text, () => ({ ...copy(labels), ...place, state: "decided", skipped: false, hasSpans }));
  const takenBack = (text, kept) => update(text, (at) => (kept ? read(kept) : first[at]));

  // The labels as the server takes them: it counts code points.
  function sent(row, draft) {
    const spans = draft.spans.map(({ start, end, type }) => ({ start: points(row.text, start), end: points(row.text, end), type, text: row.text.slice(start, end) }));
    return { id: row.id, doc: row.doc, group: row.group, text: row.text, ...draft, spans: !row.hasSpans && !spans.length ? null : spans };
  }

  // A browser that goes back shows the page as it came, so the tab has what was done in it since, until it is closed. A
  // page that the server makes anew has another key. (history.state would turn the answer to a form into another page.)
  const key = `hedgerow ${sheet.dataset.key}`;
  const changed = new Set();
  function remember() {
    const drafts = rows.flatMap((row, at) => (row.draft ? [[at, copy(row.draft)]] : []));
    try {
      sessionStorage.setItem(key, JSON.stringify({ drafts, saved: [...changed].map((at) => [at, held(rows[at])]) }));
    } catch {
      console.warn("This browser keeps nothing for the tab: going back will show the page as it came.");
    }
  }
  function recall() {
    let known;
    try {
      known = JSON.parse(sessionStorage.getItem(key));
    } catch {
      return; // it keeps nothing
    }
    if (!known) return;
    for (const [at, row] of known.saved) {
      Object.assign(rows[at], row);
      changed.add(at);
    }
    for (const [at, draft] of known.drafts) rows[at].draft = draft;
  }
  recall();
  const keep = (places) => {
    for (const at of places) changed.add(at);
    remember();
    return places;
  };
  addEventListener("beforeunload", (event) => {
    remember(); // on the way back the drafts are there again
    if (rows.some((row) => row.draft)) event.preventDefault();
  });

  return {
    rows, copy, isSame, sent,
    saved: (...given) => keep(saved(...given)),
    takenBack: (...given) => keep(takenBack(...given)),
  };
};
