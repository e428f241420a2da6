// Loads what helps to move about when it is first used: the entries of a folded branch of the
// sidebar, and the shortcuts of the keyboard. Single keys work outside of fields only, and can be
// switched off in the sheet that ? opens.
(() => {
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  /** @param {string} name */
  const load = (name) =>
    new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = new URL(`../navigation/${name}.js`, src).href;
      script.onload = resolve;
      document.head.append(script);
    });
  addEventListener("change", async ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches(".toctree-checkbox")) return;
    const item = target.closest("li");
    if (!item || item.querySelector("ul")) return;
    if (!self.mltFold) await Promise.all([load("pages"), load("fold")]);
    self.mltFold(item);
  });

  /** @param {string} key */
  const press = async (key) => {
    if (!self.mltShortcut) await load("shortcuts");
    self.mltShortcut(key);
  };
  addEventListener(
    "keydown",
    (event) => {
      const { target, key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || !/^[?/nptu]$/.test(key)) return;
      if (!(target instanceof HTMLElement) || target.isContentEditable) return;
      if (target.closest("input, textarea, select")) return;
      let off;
      try {
        off = localStorage.getItem("mlt-keys");
      } catch {
        // Storage may be forbidden: the keys are on.
      }
      if (key === "/") {
        if (off) event.stopImmediatePropagation(); // js/search.js listens after this
      } else if (!off && !target.closest("dialog, [role]:not(article)")) press(key);
    },
    true,
  );
  document.querySelector(".mlt-footer__keys")?.addEventListener("click", (event) => {
    event.preventDefault();
    press("?");
  });
})();
