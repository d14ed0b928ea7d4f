// What stands outside the window, is cut, or lies on something else. Inside of what scrolls, boxes may go on.
() => {
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  const isShown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !node.closest(".h-spoken, .h-skip, .h-scroll");
  const kinds = "h1, h2, h3, p, a, button, label, select, input, textarea, summary, th, td, li, dd";
  const shown = [...document.querySelectorAll(kinds)].filter(isShown);
  const named = (node) => `${node.tagName} ${(node.textContent || node.id).trim().slice(0, 30)}`;
  for (const node of shown) {
    const box = node.getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1) faults.push(`outside: ${named(node)}`);
    const isWider = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible";
    if (isWider && !["TEXTAREA", "SELECT"].includes(node.tagName))
      faults.push(`cut: ${named(node)}`);
  }
  const layer = (node) => node.closest(".h-panel, .c-foot, .c-editor, .h-side");
  const solid = shown.filter((node) => /^(H1|H2|H3|A|BUTTON|SELECT|INPUT|TEXTAREA|SUMMARY|TH|TD)$/.test(node.tagName));
  const within = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range; };
  const boxes = solid.map((node) => [...(/^(H|T[HD])/.test(node.tagName) ? within(node) : node).getClientRects()]);
  solid.forEach((one, at) => solid.slice(at + 1).forEach((other, after) => {
    if (one.contains(other) || other.contains(one) || layer(one) !== layer(other)) return;
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    if (boxes[at].some((a) => boxes[at + 1 + after].some((b) => meet(a, b)))) faults.push(`${named(one)} lies on ${named(other)}`);
  }));
  return faults;
}
