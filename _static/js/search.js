// Opens the search: Ctrl+K, Cmd+K or /, a click on the field of the header, or what is typed there.
// The palette, its style, the engine and the index load when they are first needed.
(() => {
  const base = new URL("../search/", /** @type {HTMLScriptElement} */ (document.currentScript).src);
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href).href;
  const field = document.querySelector(".mlt-header .mlt-search__field");
  /** @type {Promise<void> | undefined} */
  let loaded;
  const load = () => {
    loaded ??= new Promise((resolve, reject) => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = new URL("palette.css", base).href;
      const script = document.createElement("script");
      script.src = new URL("palette.js", base).href;
      let waiting = 2;
      style.onload = script.onload = () => {
        waiting -= 1;
        if (!waiting) resolve();
      };
      style.onerror = script.onerror = reject;
      document.head.append(style, script);
    });
    return loaded;
  };
  // Until the palette is there, the field of the header takes what is typed.
  const open = async () => {
    const before = document.activeElement;
    if (!(field instanceof HTMLInputElement)) return;
    field.focus({ preventScroll: true });
    try {
      await load();
    } catch {
      location.assign(`${root}search.html?q=${encodeURIComponent(field.value)}`);
      return;
    }
    if (before instanceof HTMLElement && before !== document.body)
      before.focus({ preventScroll: true });
    else field.blur();
    self.mltPalette.open(field.value);
    field.value = "";
  };

  addEventListener(
    "keydown",
    (event) => {
      const { target, key, ctrlKey, metaKey, altKey } = event;
      const typing =
        target instanceof HTMLElement &&
        (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      const asked =
        (key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey) ||
        (key === "/" && !ctrlKey && !metaKey && !altKey && !typing);
      if (!asked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      open();
    },
    true,
  );
  field?.addEventListener("click", open);
  field?.addEventListener("input", open);
  document.querySelector(".mlt-header__button--search")?.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });

  // The pages read last, for the palette. Only this browser knows them.
  const url = location.href.slice(root.length).split(/[?#]/)[0] || "index.html";
  const title = document.querySelector("article h1")?.firstChild?.textContent;
  if (title && location.href.startsWith(root)) {
    try {
      const before = JSON.parse(localStorage.getItem("mlt-recent") ?? "[]");
      const others = before.filter((/** @type {{url: string}} */ page) => page.url !== url);
      localStorage.setItem("mlt-recent", JSON.stringify([{ url, title }, ...others].slice(0, 7)));
    } catch {
      // Storage may be full, forbidden or another's: recent pages are a convenience.
    }
  }

  const results = document.querySelector("[data-search-results]");
  if (results) {
    load().catch(() => {
      results.textContent = "The search could not load. Reload the page to try again.";
    });
  }
})();
