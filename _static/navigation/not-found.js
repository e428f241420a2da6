// On the 404 page: names the pages whose address or title is near to the one that failed, and puts
// its words into the field of the search. Needs pages.js before it.
(() => {
  const base = new URL("../../", /** @type {HTMLScriptElement} */ (document.currentScript).src);
  const place = document.querySelector(".mlt-missing");
  if (!place || location.protocol === "file:") return;
  const MOST = 4;
  const LEAST = 0.4;

  /** @param {string} text */
  const plain = (text) =>
    text
      .toLowerCase()
      .replace(/\/+$/, "")
      .replace(/\.(html?|md|rst|txt|ipynb|php)$/, "")
      .replace(/(^|\/)index$/, "")
      .replace(/^\/+/, "");

  /** The address that failed, without the root of the site or the prefix of another version. */
  const failed = () => {
    let path = location.pathname;
    try {
      path = decodeURIComponent(path);
    } catch {
      // Not UTF-8: as it is.
    }
    if (path.startsWith(base.pathname)) path = path.slice(base.pathname.length);
    return plain(
      path.replace(/^\/?([a-z]{2}(-[a-z]{2})?\/)?(latest|stable|main|dev|v?\d[\w.-]*)\//i, ""),
    );
  };

  /** @param {string} text */
  const pairs = (text) => {
    const letters = `^${text.replace(/[^\p{L}\p{N}]+/gu, " ").trim()}$`;
    return Array.from({ length: letters.length - 1 }, (_, i) => letters.slice(i, i + 2));
  };

  /**
   * How alike two texts are: the share of pairs of letters that both have.
   * @param {string} one
   * @param {string} two
   */
  const alike = (one, two) => {
    const mine = pairs(one);
    const left = pairs(two);
    const all = mine.length + left.length;
    let both = 0;
    for (const pair of mine) {
      const at = left.indexOf(pair);
      if (at < 0) continue;
      both += 1;
      left.splice(at, 1);
    }
    return (2 * both) / all;
  };

  /** @param {string} path */
  const last = (path) => path.split("/").filter(Boolean).pop() ?? "";

  /** @type {{title: string, way: string, url: string}[]} */
  const pages = [];
  /** @param {MltPage[]} found @param {string} way */
  const flatten = (found, way) => {
    for (const [title, url, children] of found) {
      pages.push({ title, url, way });
      flatten(children, way ? `${way} / ${title}` : title);
    }
  };
  flatten(self.mltPages, "");

  const path = failed();
  const words = path.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  /** @param {{title: string, url: string}} page */
  const rate = ({ title, url }) => {
    const own = plain(url);
    if (own === path) return 2;
    if (`/${path}`.endsWith(`/${own}`)) return 1.5;
    return Math.max(
      alike(own, path),
      0.95 * alike(last(own), last(path)),
      0.9 * alike(title.toLowerCase(), words),
      0.9 * alike(title.toLowerCase(), last(path)),
    );
  };

  let near = pages
    .map((page) => ({ ...page, score: rate(page) }))
    .filter(({ score }) => score >= LEAST)
    .sort((one, two) => two.score - one.score)
    .slice(0, MOST);
  const moved = Object.entries(self.mltMoved)
    .sort(([one], [two]) => alike(plain(two), path) - alike(plain(one), path))
    .find(([old]) => alike(plain(old), path) > 0.8);
  if (moved) {
    const now = new URL(moved[1], new URL(moved[0], base)).href;
    const page = pages.find(({ url }) => new URL(url, base).href === now.split("#")[0]);
    near = near.filter(({ url }) => url !== page?.url).slice(0, MOST - 1);
    near.unshift({ title: page?.title ?? now, way: "moved", url: now, score: 2 });
  }

  const field = document.querySelector(".mlt-header .mlt-search__field");
  if (field instanceof HTMLInputElement) field.value = words;

  /** @param {string} text @param {string} href */
  const link = (text, href) => {
    const made = document.createElement("a");
    made.textContent = text;
    made.href = href;
    return made;
  };
  const list = document.createElement("ul");
  for (const { title, url, way } of near) {
    const item = document.createElement("li");
    item.append(link(title, new URL(url, base).href));
    if (way) {
      const where = document.createElement("span");
      where.textContent = ` ${way}`;
      item.append(where);
    }
    list.append(item);
  }
  if (words) {
    const search = new URL("search.html", base);
    search.searchParams.set("q", words);
    const item = document.createElement("li");
    item.append(link(`Search for \u201c${words}\u201d`, search.href));
    list.append(item);
  }
  const said = document.createElement("p");
  said.textContent = near.length ? "Did you mean one of these?" : "No page has a similar address.";
  place.replaceChildren(said, list);
})();
