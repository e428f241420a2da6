// Runs in the head, before anything is painted: not even the empty page flashes in the other
// theme. Classic script: a module would come too late. The theme's switch writes the same key.
(() => {
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") ?? "auto";
  } catch {
    // Storage is switched off: follow the system.
  }
  if (!["light", "dark", "auto"].includes(theme)) theme = "auto";
  if (theme !== "auto") {
    document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", theme);
  }
  const mark = () => {
    if (!document.body) return false;
    document.body.dataset.theme = theme;
    return true;
  };
  // The body is not there yet. An observer is called before the next frame.
  if (mark()) return;
  const observer = new MutationObserver(() => mark() && observer.disconnect());
  observer.observe(document.documentElement, { childList: true });
})();
