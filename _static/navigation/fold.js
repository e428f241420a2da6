// Gives a folded branch of the sidebar its entries, from the list of all pages, when it is opened.
(() => {
  const base = new URL("../../", /** @type {HTMLScriptElement} */ (document.currentScript).src);

  /**
   * The pages below the one at an address.
   * @param {MltPage[]} pages
   * @param {string} address
   * @returns {MltPage[] | undefined}
   */
  const below = (pages, address) => {
    for (const [, url, children] of pages) {
      const found = new URL(url, base).href === address ? children : below(children, address);
      if (found?.length) return found;
    }
    return undefined;
  };

  /**
   * An entry as Furo writes it, closed.
   * @param {MltPage} page
   * @param {HTMLElement} above
   * @param {string} id
   */
  const entry = ([title, url, children], above, id) => {
    const item = document.createElement("li");
    const level = Number(/toctree-l(\d+)/.exec(above.className)?.[1] ?? 1) + 1;
    item.className = `toctree-l${level}`;
    const link = document.createElement("a");
    link.className = "reference internal";
    link.href = new URL(url, base).href;
    link.textContent = title;
    item.append(link);
    const box = above.querySelector(":scope > input")?.cloneNode(true);
    const label = above.querySelector(":scope > label")?.cloneNode(true);
    if (children.length && box instanceof HTMLInputElement && label instanceof HTMLLabelElement) {
      item.classList.add("has-children");
      box.checked = false;
      box.id = id;
      box.name = id;
      box.setAttribute("aria-label", `Toggle navigation of ${title}`);
      label.htmlFor = id;
      item.append(box, label);
    }
    return item;
  };

  self.mltFold = (item) => {
    const link = item.querySelector("a");
    const pages = link && below(self.mltPages, link.href.replace(/#.*/, ""));
    if (!pages || item.querySelector("ul")) return;
    const name = item.querySelector("input")?.id;
    const list = document.createElement("ul");
    list.append(...pages.map((page, number) => entry(page, item, `${name}-${number}`)));
    item.append(list);
  };
})();
