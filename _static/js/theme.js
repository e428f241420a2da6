// Runs before the first paint, so that no page flashes in the other theme. Classic script:
// a module would come too late. The theme's switch writes the same key.
(() => {
  const known = ["light", "dark", "auto"];
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") ?? "auto";
  } catch {
    // Storage is switched off: follow the system.
  }
  document.body.dataset.theme = known.includes(theme) ? theme : "auto";
})();
