/** The search page: the palette's results below a field, with the query in the address. */
(() => {
  const { make, link, tell, ...results } = self.mltResults;
  /** Milliseconds of rest after which the address follows what is typed. */
  const REST = 300;

  const field = /** @type {HTMLInputElement | null} */ (
    document.querySelector(".mlt-search--page .mlt-search__field")
  );
  const place = document.querySelector("[data-search-results]");
  if (!field || !place) return;
  const title = document.title;
  const status = make("p", { role: "status" });
  const body = make("div");
  place.replaceChildren(status, body);

  /** @param {[string, Found[]][]} groups */
  const listed = (groups) =>
    groups.map(([name, found]) => {
      const items = found.map((result) => make("li", {}, link(result)));
      return make(
        "section",
        {},
        make("h2", {}, name),
        make("ol", { class: "mlt-results" }, ...items),
      );
    });

  let turn = 0;
  const update = async () => {
    const query = field.value.trim();
    const mine = ++turn;
    document.title = query ? `${query} · ${title}` : title;
    status.textContent = query ? "Searching…" : "";
    const help = () => listed([["Sections", results.sections()]]);
    try {
      const found = query ? await results.ask(query) : [];
      if (mine !== turn) return;
      status.textContent = query ? `${results.counted(found.length)} for “${query}”` : "";
      const note = make("div", { class: "mlt-palette__note" }, ...results.advice(query));
      if (found.length) body.replaceChildren(...listed(results.grouped(found)));
      else body.replaceChildren(...(query ? [note] : []), ...help());
      if (query) tell("search", { query, results: found.length });
    } catch {
      if (mine !== turn) return;
      status.textContent = "The search could not load";
      const note = make("div", { class: "mlt-palette__note" }, ...results.failure(update));
      body.replaceChildren(note, ...help());
    }
  };

  body.addEventListener("click", ({ target }) => {
    const chosen = target instanceof Element ? target.closest("a") : null;
    const links = [...body.querySelectorAll(".mlt-found")];
    if (!chosen) return;
    tell("search-choose", { rank: links.indexOf(chosen) + 1, url: chosen.href });
  });
  let resting = 0;
  field.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const address = new URL(location.href);
      address.searchParams.set("q", field.value.trim());
      history.replaceState(null, "", address);
    }, REST);
    update();
  });
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    update();
  });
  field.value = new URL(location.href).searchParams.get("q") ?? "";
  update();
})();
