// What Material leaves to a mouse: the keyboard scrolls code and tables that are wider than the page.
function mend() {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
  // The buttons of a block of code are no landmark: a page has dozens.
  for (const nav of document.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "none");
}

new ResizeObserver(mend).observe(document.body);
new MutationObserver(mend).observe(document.querySelector("article"), { childList: true, subtree: true });

// Options can be searched: the index reads a leading "-" as "without this word", and "--" as an error.
document.querySelector("[data-md-component=search-query]").addEventListener("input", ({ target }) => {
  target.value = target.value.replace(/(^|\s)-+/g, "$1");
});
