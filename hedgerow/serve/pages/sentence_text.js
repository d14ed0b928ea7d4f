// The text of a sentence: its words, its pieces between spans, and what the server counts in it.
const sentenceText = (() => {
  const MOST = 2000; // words and what stands between them: a sentence of more is no sentence
  // The server counts code points, a script UTF-16 units.
  const isPlain = (text) => !/[\ud800-\udfff]/.test(text);
  const units = (text, points) => (isPlain(text) ? points : [...text].slice(0, points).join("").length);
  const points = (text, at) => (isPlain(text) ? at : [...text.slice(0, at)].length);

  // The text in pieces: cut at the ends of spans, the first span that covers a piece marks it.
  function pieces(text, spans) {
    const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((one, other) => one - other);
    const sorted = [...spans].sort((one, other) => one.start - other.start || other.end - one.end);
    let next = 0, begun = [];
    return cuts.slice(1).map((end, at) => {
      const start = cuts[at];
      while (next < sorted.length && sorted[next].start <= start) begun.push(sorted[next++]);
      begun = begun.filter((span) => span.end > start);
      return { start, end, span: begun[0] };
    });
  }
  const kindOf = (span) => `${span.type.startsWith("source") ? "h-source" : "h-cue"} h-${span.type}`;

  // Words, marks of punctuation, white space: what a pointer or an arrow key moves over. Beyond MOST no word is marked.
  function split(text) {
    const found = [];
    for (const { 0: piece, index: start } of text.matchAll(/[\p{L}\p{N}\p{M}_]+|\s+|[^\p{L}\p{N}\p{M}_\s]+/gu)) {
      if (found.length === MOST) {
        found.push({ start, end: text.length, isSpace: true, isWord: false });
        break;
      }
      found.push({ start, end: start + piece.length, isSpace: /^\s/.test(piece), isWord: /^[\p{L}\p{N}]/u.test(piece) });
    }
    return found;
  }

  return { units, points, pieces, kindOf, split };
})();
