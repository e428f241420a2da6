// The shortcuts of the keyboard, and the sheet that lists them. Loaded when one is first pressed.
(() => {
  const base = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  /** @param {string} place */
  const follow = (place) => {
    const link = document.querySelector(place);
    if (link instanceof HTMLAnchorElement || link instanceof HTMLLinkElement) {
      location.assign(link.href);
    }
  };
  /** @type {Record<string, [words: string, act: () => void]>} */
  const keys = {
    n: ["Next page of the section", () => follow("link[rel=next]")],
    p: ["Previous page of the section", () => follow("link[rel=prev]")],
    u: ["Up, to the page above", () => follow(".mlt-breadcrumb li:nth-last-child(2) a")],
    t: [
      "Light, dark or the system’s theme",
      () => /** @type {HTMLElement | null} */ (document.querySelector(".theme-toggle"))?.click(),
    ],
    "?": ["This list", () => sheet()],
  };
  /** @type {[key: string, words: string][]} */
  const others = [
    ["/", "Search"],
    ["Ctrl K", "Search, also from a field (\u2318 K on a Mac)"],
  ];

  /**
   * @param {string} tag
   * @param {(Node | string)[]} content
   */
  const element = (tag, ...content) => {
    const made = document.createElement(tag);
    made.append(...content);
    return made;
  };

  /** @param {boolean} [on] */
  const switched = (on) => {
    try {
      if (on === undefined) return !localStorage.getItem("mlt-keys");
      if (on) localStorage.removeItem("mlt-keys");
      else localStorage.setItem("mlt-keys", "off");
    } catch {
      // Storage may be forbidden: the keys stay on.
    }
    return true;
  };

  /** @type {HTMLDialogElement | undefined} */
  let dialog;
  const make = () => {
    const list = element("dl");
    for (const [key, [words]] of Object.entries(keys)) others.push([key, words]);
    for (const [key, words] of others) {
      const names = key.split(" ").map((name) => element("kbd", name));
      list.append(element("div", element("dt", ...names), element("dd", words)));
    }
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = switched();
    box.addEventListener("change", () => switched(box.checked));
    const close = element("button", "Close");
    const form = element("form", close);
    form.setAttribute("method", "dialog");
    const title = element("h2", "Keyboard shortcuts");
    title.id = "mlt-keys";
    const made = document.createElement("dialog");
    made.className = "mlt-keys";
    made.setAttribute("aria-labelledby", title.id);
    made.append(
      title,
      list,
      element("label", box, " Use the keys that are a single character"),
      element("p", "Switched off, only Ctrl K works. This page remembers it in your browser."),
      form,
    );
    made.addEventListener("click", (event) => {
      if (event.target === made) made.close();
    });
    document.body.append(made);
    return made;
  };

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("shortcuts.css", base).href;
  const styled = new Promise((resolve) => {
    style.onload = style.onerror = resolve;
  });
  const sheet = async () => {
    if (!dialog) {
      document.head.append(style);
      await styled;
      dialog = make();
    }
    if (!dialog.open) dialog.showModal();
  };

  self.mltShortcut = (key) => keys[key]?.[1]();
})();
