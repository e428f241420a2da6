/** The palette: a native dialog with a combobox, whose options are links. See results.js. */
(() => {
  const { make, link, tell, ...results } = self.mltResults;
  const RECENT = 6;
  /** Milliseconds until a count is spoken, so that it does not break into typing. */
  const PAUSE = 500;
  /** Milliseconds after which an answer is late enough to say so. */
  const LATE = 150;
  const MODES = { ctrl: "_blank", plain: "_self" };

  const input = make("input", {
    type: "text",
    name: "q",
    class: "mlt-palette__field",
    inputmode: "search",
    enterkeyhint: "go",
    role: "combobox",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    "aria-controls": "mlt-palette-list",
    "aria-label": "Search the documentation",
    placeholder: "Guides, commands, errors",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    maxlength: "300",
  });
  const closing = make("button", {
    type: "button",
    class: "mlt-palette__close",
    "aria-label": "Close the search",
  });
  closing.append(results.drawing("M6 6l12 12M18 6 6 18"));
  const lens = results.drawing("M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M20 20l-4-4");
  const form = make("form", { class: "mlt-palette__form", role: "search" }, lens, input, closing);
  const note = make("div", { class: "mlt-palette__note", hidden: "" });
  const list = make("div", {
    id: "mlt-palette-list",
    class: "mlt-palette__list",
    role: "listbox",
    "aria-label": "Results",
  });
  const body = make("div", { class: "mlt-palette__body", tabindex: "-1" }, note, list);
  const status = make("p", { class: "mlt-palette__status", role: "status" });
  const all = make("a", { class: "mlt-palette__all", hidden: "" }, "All on one page");
  const keys = make("p", { class: "mlt-palette__keys", "aria-hidden": "true" });
  for (const [key, does] of [
    ["↑ ↓", "choose"],
    ["Enter", "open"],
    ["Esc", "close"],
  ]) {
    keys.append(make("kbd", {}, key ?? ""), ` ${does} `);
  }
  const foot = make("div", { class: "mlt-palette__foot" }, status, all, keys);
  const dialog = make("dialog", { class: "mlt-palette", "aria-label": "Search" });
  dialog.append(form, body, foot);
  document.body.append(dialog);

  /** @type {HTMLAnchorElement[]} */
  let options = [];
  let chosen = -1;
  /** What the options answer; undefined as long as nothing was asked. */
  let shown = /** @type {{query: string, count: number} | undefined} */ (undefined);
  let turn = 0;
  /** Where to open the first result as soon as it is there: Enter came before the answer. */
  let awaited = "";

  /** @param {number} next */
  const choose = (next) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = options.length ? (next + options.length) % options.length : -1;
    const option = options[chosen];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    if (chosen) option.scrollIntoView({ block: "nearest" });
    else for (const part of [body, list]) part.scrollTop = 0;
  };

  /** @param {string} target */
  const follow = (target) => {
    const option = options[chosen];
    if (!option) return;
    if (target !== MODES.ctrl) return option.click();
    open(option.href, target, "noopener");
    if (shown?.query) tell("search-choose", { rank: chosen + 1, url: option.href });
  };

  /**
   * @param {[string, Found[]][]} groups
   * @param {string} query
   * @param {number} count
   */
  const fill = (groups, query, count) => {
    const filled = groups.filter(([, found]) => found.length);
    options = [];
    const parts = filled.map(([name, found], place) => {
      const id = `mlt-found-group-${place}`;
      const title = make("div", { class: "mlt-palette__group", id, role: "presentation" }, name);
      const links = found.map((result) => {
        const option = link(result);
        const said = [result.title, results.name(result.kind), result.trail].filter(Boolean);
        option.id = `mlt-found-${options.push(option)}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.setAttribute("aria-label", said.join(", "));
        option.tabIndex = -1;
        return option;
      });
      return make("div", { role: "group", "aria-labelledby": id }, title, ...links);
    });
    list.replaceChildren(...parts);
    list.hidden = !options.length;
    all.hidden = !count;
    input.setAttribute("aria-expanded", String(options.length > 0));
    shown = { query, count };
    chosen = -1;
    choose(0);
    if (awaited && (count || !query)) follow(awaited);
    awaited = "";
  };

  let speaking = 0;
  /** @param {string} words */
  const say = (words, pause = PAUSE) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      status.textContent = words;
    }, pause);
  };

  /** @param {boolean} late */
  const busy = (late) => {
    dialog.classList.toggle("mlt-palette--busy", late);
    list.setAttribute("aria-busy", String(late));
    if (late) say("Searching…", 0);
  };

  /** @param {Node[]} parts */
  const remark = (parts) => {
    note.replaceChildren(...parts);
    note.hidden = !parts.length;
    body.tabIndex = parts.length ? 0 : -1;
  };

  const update = async () => {
    const query = input.value.trim();
    const mine = ++turn;
    all.href = results.address(query);
    const late = setTimeout(busy, query ? LATE : 1e9, true);
    try {
      // Without words, the question only makes the engine ready.
      const answer = results.ask(query);
      if (!query) start();
      const found = await answer;
      if (mine !== turn || !query) return;
      remark(found.length ? [] : results.advice(query));
      const groups = found.length ? results.grouped(found) : helpful();
      fill(groups, query, found.length);
      say(results.counted(found.length));
      tell("search", { query, results: found.length });
    } catch {
      if (mine !== turn || !query) return;
      remark(results.failure(() => update().then(() => input.focus())));
      awaited = "";
      fill(helpful(), query, 0);
      say("The search could not load", 0);
    } finally {
      clearTimeout(late);
      if (mine === turn) busy(false);
    }
  };

  /** @returns {[string, Found[]][]} */
  const helpful = () => [["Sections", results.sections()]];

  const start = () => {
    remark([]);
    fill([["Recent pages", results.recent().slice(0, RECENT)], ...helpful()], "", 0);
    say("", 0);
  };

  /** The part of the window that a keyboard on the screen leaves. */
  const fit = () => {
    const { height, offsetTop } = visualViewport ?? { height: innerHeight, offsetTop: 0 };
    dialog.style.setProperty("--mlt-visible", `${height}px`);
    dialog.style.setProperty("--mlt-visible-top", `${offsetTop}px`);
  };
  for (const event of ["resize", "scroll"]) visualViewport?.addEventListener(event, fit);

  input.addEventListener("input", update);
  closing.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (shown?.query) tell("search-close", {});
    turn += 1;
    awaited = "";
  });
  dialog.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const option = target.closest("a");
    const rank = option ? options.indexOf(option) + 1 : 0;
    if (rank && shown?.query) tell("search-choose", { rank, url: option?.href });
    if (option) shown = undefined;
    if (option || target === dialog) dialog.close();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.target !== input) return;
    const target = event.ctrlKey || event.metaKey ? MODES.ctrl : MODES.plain;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key !== "Enter") return;
    else if (shown?.query === input.value.trim()) follow(target);
    else awaited = target;
    event.preventDefault();
  });

  self.mltPalette = {
    open: (words) => {
      if (dialog.open) return input.focus();
      fit();
      dialog.showModal();
      if (words) input.value = words;
      if (words) input.setSelectionRange(words.length, words.length);
      else input.select();
      update();
    },
  };
})();
