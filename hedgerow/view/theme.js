"use strict";
// The theme: the system's, light, or dark. A browser that keeps nothing for a file starts with the system's.
(() => {
  const theme = document.getElementById("theme"), THEMES = ["system", "light", "dark"];
  function setTheme(name) {
    theme.textContent = `Theme: ${name}`;
    if (name === "system") delete document.body.dataset.theme;
    else document.body.dataset.theme = name;
  }
  function kept(value) {
    try {
      if (value !== undefined) localStorage.setItem("hedgerow-theme", value);
      return localStorage.getItem("hedgerow-theme");
    } catch {
      return value;
    }
  }
  theme.hidden = false;
  setTheme(THEMES.includes(kept()) ? kept() : "system");
  theme.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.body.dataset.theme || "system") + 1) % THEMES.length];
    setTheme(next);
    kept(next);
  });
})();
