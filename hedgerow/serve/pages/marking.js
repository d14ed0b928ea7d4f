// Mark words of the line in the editor. `marked()` is {anchor, focus}, or null; `words()` are those of the sentence;
// `mark(anchor, focus)` draws them. The caret of the keyboard is at `focus`.
const marking = (line, { text, words, marked, mark }) => {
  const { units, points } = sentenceText;
  const range = () => marked() && { start: Math.min(marked().anchor.start, marked().focus.start), end: Math.max(marked().anchor.end, marked().focus.end) };

  // By keyboard: an arrow moves by word, Shift takes more words; Alt moves the end by letter, with Shift the start.
  function start() {
    line.focus();
    if (!marked()) mark(words().find((word) => word.isWord));
  }
  function moveWord(by, isLonger) {
    const { anchor, focus } = marked(), own = words().filter((word) => word.isWord);
    const at = by > 0 ? own.findIndex((word) => word.start >= focus.end) : own.findLastIndex((word) => word.end <= focus.start);
    if (at >= 0) mark(isLonger ? anchor : own[at], own[at]);
  }
  function moveLetter(by, isStart) {
    const own = range();
    const to = units(text(), Math.max(0, points(text(), isStart ? own.start : own.end) + by));
    const moved = isStart ? { start: to, end: own.end } : { start: own.start, end: to };
    if (moved.start < moved.end) mark(moved, moved);
  }

  // By pointer: drag over words; or tap the first word, then the last.
  let dragged = null;
  const wordAt = (event) => {
    const target = document.elementFromPoint(event.clientX, event.clientY);
    const word = target && line.contains(target) && target.dataset.word !== undefined ? words()[Number(target.dataset.word)] : null;
    return word && !word.isSpace ? word : null;
  };
  line.addEventListener("pointerdown", (event) => {
    const word = event.button === 0 ? wordAt(event) : null;
    if (!word) return;
    dragged = { word, hasMoved: false, before: marked() };
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

  return { range, start, moveWord, moveLetter };
};
