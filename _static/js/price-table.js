// The search over all prices: it loads its data on first use, and keeps its state in the address.
(() => {
  /**
   * A model, with prices in US dollars for a million tokens.
   * @typedef {{name: string, provider: string, mode: string, input: number | null,
   *   output: number | null, context: number | null}} Model
   * @typedef {[string, number, string, number | null, number | null, number | null]} Row
   * @typedef {"name" | "input" | "output" | "context"} Column
   */
  const STEP = 50;
  /** @type {Column[]} */
  const COLUMNS = ["name", "input", "output", "context"];
  const root = document.querySelector("[data-price-search]");
  const here = document.currentScript;
  if (!(root instanceof HTMLElement && here instanceof HTMLScriptElement)) return;
  const source = new URL("price-table.data.js", here.src).href;

  /**
   * @template {HTMLElement} T
   * @param {string} selector
   * @param {new () => T} type
   * @returns {T}
   */
  const find = (selector, type) => {
    const element = root.querySelector(selector);
    if (!(element instanceof type)) throw new Error(`there is no ${selector}`);
    return element;
  };
  const words = find("#price-words", HTMLInputElement);
  const provider = find("#price-provider", HTMLSelectElement);
  const form = find("form", HTMLFormElement);
  const count = find("[data-price-count]", HTMLElement);
  const found = find("[data-price-found]", HTMLElement);
  const body = find("tbody", HTMLTableSectionElement);
  const more = find("[data-price-more]", HTMLButtonElement);
  /** @type {Model[]} */
  let models = [];
  /** @type {Promise<void> | undefined} */
  let loading;
  /** @type {Column} */
  let sort = "name";
  let down = false;
  let shown = STEP;
  /** @type {Model[]} */
  let results = [];

  // The data is a script: a page opened from disk may not fetch.
  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }).then(() => {
      /** @type {{providers: string[], models: Row[]}} */
      const data = Reflect.get(window, "mltrackPrices");
      models = data.models.map(([name, number, mode, input, output, context]) => {
        return { name, provider: data.providers[number] ?? "", mode, input, output, context };
      });
    });
    return loading;
  };

  /** @param {number | null} value */
  const money = (value) => {
    if (value === null) return "none";
    const [whole, decimals = ""] = value.toFixed(9).replace(/0+$/, "").split(".");
    return `${whole}.${decimals.padEnd(2, "0")}`;
  };
  /** @param {number | null} value */
  const tokens = (value) => (value === null ? "none" : value.toLocaleString("en-US"));

  /**
   * No price is neither the lowest nor the highest: it comes last.
   * @param {Model} a
   * @param {Model} b
   */
  const compare = (a, b) => {
    const byName = a.name < b.name ? -1 : Number(a.name > b.name);
    if (sort === "name") return down ? -byName : byName;
    const [x, y] = [a[sort], b[sort]];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName;
    return (down ? y - x : x - y) || byName;
  };

  const matching = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    return models
      .filter((model) => !provider.value || model.provider === provider.value)
      .filter((model) => wanted.every((word) => `${model.provider} ${model.name}`.includes(word)))
      .sort(compare);
  };

  /**
   * @param {string} tag
   * @param {string} text
   */
  const element = (tag, text) => {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  };
  /** @param {Model} model */
  const row = (model) => {
    const line = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    const mode = model.mode === "chat" ? "" : `, ${model.mode}`;
    name.append(element("code", model.name), element("small", `${model.provider}${mode}`));
    const numbers = [money(model.input), money(model.output), tokens(model.context)];
    line.append(name, ...numbers.map((text) => element("td", text)));
    return line;
  };

  const address = () => {
    const url = new URL(location.href);
    const state = {
      q: words.value.trim(),
      provider: provider.value,
      sort: sort === "name" && !down ? "" : `${down ? "-" : ""}${sort}`,
    };
    for (const [key, value] of Object.entries(state)) {
      if (value) url.searchParams.set(key, value);
      else url.searchParams.delete(key);
    }
    try {
      history.replaceState(history.state, "", url);
    } catch {
      // Some browsers keep the address of a page from disk as it is.
    }
  };

  const show = () => {
    for (const head of root.querySelectorAll("[data-price-column]")) {
      if (head.getAttribute("data-price-column") === sort)
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    body.replaceChildren(...results.slice(0, shown).map(row));
    found.hidden = results.length === 0;
    more.hidden = results.length <= shown;
    const what = results.length === 1 ? "model" : "models";
    const rest = results.length > shown ? `, the first ${shown} shown` : "";
    count.textContent = `${results.length.toLocaleString("en-US")} ${what}${rest}`;
  };

  const search = async () => {
    try {
      await load();
    } catch {
      count.textContent = "The prices could not be loaded. The tables of the providers have them.";
      return;
    }
    shown = STEP;
    results = matching();
    show();
    address();
  };

  for (const column of COLUMNS) {
    find(`[data-price-column="${column}"] button`, HTMLButtonElement).addEventListener(
      "click",
      () => {
        down = sort === column && !down;
        sort = column;
        search();
      },
    );
  }
  words.addEventListener("focus", () => load().catch(() => {}), { once: true });
  words.addEventListener("input", search);
  provider.addEventListener("change", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  more.addEventListener("click", () => {
    const next = shown;
    shown += STEP;
    show();
    const name = body.rows[next]?.cells[0];
    name?.setAttribute("tabindex", "-1");
    name?.focus();
  });

  const state = new URLSearchParams(location.search);
  words.value = state.get("q") ?? "";
  provider.value = state.get("provider") ?? "";
  if (provider.selectedIndex < 0) provider.value = "";
  const order = state.get("sort") ?? "";
  const column = COLUMNS.find((name) => name === order.replace(/^-/, ""));
  if (column) {
    sort = column;
    down = order.startsWith("-");
  }
  root.hidden = false;
  if (state.has("q") || state.has("provider") || state.has("sort")) search();
})();
