// Runs before the first paint, so that a dark page never flashes white. The choice is kept where the browser lets us.
(() => {
  const KEY = "dezhurny.theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "light";
  try { chosen = localStorage.getItem(KEY) || chosen; } catch { /* storage is closed to this frame */ }
  const show = () => {
    document.documentElement.dataset.theme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  };
  dark.addEventListener("change", show);
  show();
  window.dezhurnyTheme = {
    get: () => chosen,
    set: (theme) => {
      chosen = theme;
      show();
      try { localStorage.setItem(KEY, theme); } catch { /* kept until the frame is closed */ }
    },
  };
})();
