// Runs in the head, before anything is painted: not even the empty page flashes in the other
// theme. Classic script: a module would come too late. The theme's switch writes the same key.
//
// Our fonts wait for the first page to be there: text in the fallback, which has their measures, is
// read sooner. Whoever comes from another page of the site has them from the start, out of the cache.
(() => {
  const fonts = () => {
    document.documentElement.dataset.fonts = "";
  };
  if (document.referrer.startsWith(`${location.origin}/`)) fonts();
  // A frame is painted after its callbacks, and tasks come after that.
  else addEventListener("load", () => requestAnimationFrame(() => setTimeout(fonts)));

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
