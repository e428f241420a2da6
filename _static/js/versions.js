// Makes the version in the header a button where the site stands beside other versions: on Read the
// Docs, or in a tree (tools/versions). Menu and notice load on first use, or where a notice is due.
(() => {
  const host = document.querySelector("[data-versions]");
  const badge = host?.firstElementChild;
  if (!(host instanceof HTMLElement) || !badge) return;
  const base = new URL(
    "../versions/",
    /** @type {HTMLScriptElement} */ (document.currentScript).src,
  );
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);

  /** @param {object} data */
  const ready = (data) => {
    if (!badge.isConnected) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = badge.className;
    button.setAttribute("aria-expanded", "false");
    button.append(...badge.childNodes);
    badge.replaceWith(button);
    /** @type {Promise<VersionMenu> | undefined} */
    let menu;
    const load = () => {
      menu ??= new Promise((resolve, reject) => {
        const style = document.createElement("link");
        style.rel = "stylesheet";
        style.href = new URL("menu.css", base).href;
        const script = document.createElement("script");
        script.src = new URL("menu.js", base).href;
        let waiting = 2;
        style.onload = script.onload = () => {
          waiting -= 1;
          if (!waiting) resolve(self.mltVersions(host, button, data, root));
        };
        style.onerror = script.onerror = reject;
        document.head.append(style, script);
      });
      return menu;
    };
    button.addEventListener("click", async () => (await load()).toggle());
    if (!root.pathname.endsWith("/stable/")) load();
  };

  if (host.dataset.versions === "readthedocs") {
    document.addEventListener("readthedocs-addons-data-ready", (event) =>
      ready(event.detail.data()),
    );
    if (self.ReadTheDocsEventData) ready(self.ReadTheDocsEventData.data());
  } else if (location.protocol !== "file:") {
    fetch(new URL("../versions.json", root))
      .then((answer) => answer.json())
      .then(ready, () => {}); // not in a tree: the version stays a word
  }
})();
