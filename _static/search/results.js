/**
 * What the palette and the search page share: where answers come from, and how results look.
 * _ext/search joins this file, the source of answers (local.js or docsearch.js), palette.js and
 * page.js into one script, which js/search.js loads at first use.
 */
(() => {
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const MANY = 24;
  const BEST = 3;
  /** Characters that a text needs to have been cut. */
  const SHORT = 100;
  const PARTS = /[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g;

  /**
   * Kind of a result → its group, its name beside a result, and a drawing on a grid of 24.
   * @type {Record<string, [string, string, string]>}
   */
  const KINDS = {
    page: ["Pages", "Page", "M6 3h8l5 5v13H6zM14 3v5h5"],
    guide: [
      "Guides",
      "Guide",
      "M12 6v15M3 4h6a3 3 0 0 1 3 2a3 3 0 0 1 3-2h6v14h-6a3 3 0 0 0-3 3a3 3 0 0 0-3-3H3z",
    ],
    command: ["Commands", "Command", "M12 19h8M4 17l6-6-6-6"],
    option: ["Options", "Option", "M4 12h6M14 12h6"],
    python: ["Python", "Python", "m16 18 6-6-6-6M8 6l-6 6 6 6"],
    endpoint: ["Endpoints", "Endpoint", "M4 8h15l-4-4M20 16H5l4 4"],
    setting: ["Settings", "Setting", "M3 8h8M15 8h6M13 6v4M3 16h4M11 16h10M9 14v4"],
    error: ["Errors", "Error", "M12 4 2.5 20h19zM12 10v4M12 17h.01"],
    example: [
      "Examples",
      "Example",
      "M9 3h6M10 3v6L4 19a1.4 1.4 0 0 0 1.2 2h13.6a1.4 1.4 0 0 0 1.2-2L14 9V3M7 15h10",
    ],
    glossary: ["Glossary", "Term", "M4 6h16M4 12h10M4 18h13"],
    contributing: ["Contributing", "Contributing", "m4 20 1-4L16 5l3 3L8 19zM14 7l3 3"],
    recent: ["Recent pages", "", "M12 7v5l3 2M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18"],
    section: ["Sections", "", "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z"],
  };

  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Record<string, string>} attributes
   * @param {(Node | string)[]} children
   */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  /** @param {string} lines */
  const drawing = (lines) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", lines);
    svg.append(path);
    return svg;
  };

  /**
   * Words of a text that the query found, marked: a whole word or name, or the part of a name.
   * @param {string} text
   * @param {string[]} terms stems, as the index has them
   */
  const marked = (text, terms) => {
    const stems = terms.map((term) => (term.length > 3 ? term.replace(/[ei]$/, "") : term));
    const met = (/** @type {string} */ word) =>
      stems.some((stem) => word.startsWith(stem) && word.length - stem.length < 5);
    /** @type {(Node | string)[]} */
    const pieces = [];
    let end = 0;
    const add = (/** @type {number} */ from, /** @type {string} */ word) => {
      pieces.push(text.slice(end, from), make("mark", {}, word));
      end = from + word.length;
    };
    for (const { 0: name, index } of text.matchAll(/[A-Za-z0-9_]+/g)) {
      if (met(name.toLowerCase())) add(index, name);
      else
        for (const part of name.matchAll(PARTS))
          if (met(part[0].toLowerCase())) add(index + part.index, part[0]);
    }
    return [...pieces, text.slice(end)];
  };

  /**
   * The index has the beginning of a text: one that stops in a sentence ends at a word.
   * @param {string} text
   */
  const cut = (text) =>
    text.length < SHORT || /[.!?:)\]”"'…]$/.test(text) ? text : `${text.replace(/\s+\S*$/, "")}…`;

  /** @param {Found} result */
  const link = ({ url, title, trail, kind, text, terms, icon }) => {
    const [, name, lines] = KINDS[kind] ?? ["", kind, KINDS.page?.[2] ?? ""];
    const parts = [make("span", { class: "mlt-found__icon" }, icon ?? drawing(lines))];
    parts.push(make("span", { class: "mlt-found__title" }, ...marked(title, terms)));
    if (name) parts.push(make("span", { class: "mlt-found__kind" }, name));
    if (trail) parts.push(make("span", { class: "mlt-found__trail" }, ...marked(trail, terms)));
    if (text) parts.push(make("span", { class: "mlt-found__text" }, ...marked(cut(text), terms)));
    const href = new URL(url, root).href;
    return make("a", { class: `mlt-found mlt-found--${kind}`, href }, ...parts);
  };

  /**
   * The best first, then by kind, each in the order of the engine.
   * @param {Found[]} found
   * @returns {[string, Found[]][]}
   */
  const grouped = (found) => {
    /** @type {Map<string, Found[]>} */
    const kinds = new Map();
    for (const result of found.slice(BEST)) {
      kinds.set(result.kind, [...(kinds.get(result.kind) ?? []), result]);
    }
    /** @type {[string, Found[]][]} */
    const rest = [...kinds].map(([kind, results]) => [KINDS[kind]?.[0] ?? kind, results]);
    return found.length ? [["Best results", found.slice(0, BEST)], ...rest] : [];
  };

  /** @param {number} count */
  const counted = (count) =>
    count === 0 ? "No results" : count === 1 ? "1 result" : `${count} results`;

  /**
   * @param {string} kind
   * @param {{url: string, title: string}[]} pages
   * @returns {Found[]}
   */
  const plain = (kind, pages) =>
    pages.map(({ url, title }) => ({ url, title, trail: "", kind, text: "", terms: [] }));

  const recent = () => {
    try {
      const here = location.href.split(/[?#]/)[0];
      const pages = JSON.parse(localStorage.getItem("mlt-recent") ?? "[]");
      return plain("recent", pages).filter(({ url }) => new URL(url, root).href !== here);
    } catch {
      return [];
    }
  };

  const sections = () => {
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const links = document.querySelectorAll("#mlt-navigation li.toctree-l1 > a");
    return [...links].map((a) => {
      const icon = a.querySelector("svg")?.cloneNode(true);
      const [found] = plain("section", [{ url: a.href, title: a.textContent?.trim() ?? "" }]);
      return /** @type {Found} */ ({ ...found, icon });
    });
  };

  /** What to try when nothing was found. */
  const advice = (/** @type {string} */ query) => [
    make("strong", {}, `Nothing found for “${query}”.`),
    make(
      "ul",
      {},
      make("li", {}, "Check the spelling, or use fewer and more general words."),
      make("li", {}, "Paste an error message without your own paths and values."),
      make(
        "li",
        {},
        "Write names as they are: ",
        make("code", {}, "mltrack.track"),
        ", ",
        make("code", {}, "--port"),
        ", ",
        make("code", {}, "429"),
        ".",
      ),
    ),
  ];

  /**
   * What to do when the search itself failed.
   * @param {() => void} again
   */
  const failure = (again) => {
    const button = make("button", { type: "button", class: "mlt-found__again" }, "Try again");
    button.addEventListener("click", again);
    return [
      make("strong", {}, "The search could not load."),
      make("p", {}, "Check your connection. The sections of this site work without it."),
      button,
    ];
  };

  /**
   * Tell the page what readers do with the search; nothing listens unless the site counts it.
   * @param {"search" | "search-choose" | "search-close"} name
   * @param {object} detail
   */
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`mlt:${name}`, { detail }));

  self.mltResults = {
    ask: (query) => self.mltAnswers(query, MANY),
    address: (query) => new URL(`search.html?q=${encodeURIComponent(query)}`, root).href,
    make,
    drawing,
    link,
    grouped,
    counted,
    recent,
    sections,
    advice,
    failure,
    tell,
    name: (kind) => KINDS[kind]?.[1] ?? "",
  };
})();
