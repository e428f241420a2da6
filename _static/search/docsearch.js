/**
 * Answers from Algolia DocSearch, for installations too large for an index in the browser. It is in
 * the palette's script only where docsearch_app_id and the other settings are set; they come before
 * it, as mltDocSearch. Speaks Algolia's HTTP interface for searching, as its own light client does:
 * credentials in the address, so that the browser asks no permission first, and other hosts when one
 * does not answer.
 */
(() => {
  const { app, key, index, host, facets } = self.mltDocSearch;
  const HOSTS = host
    ? [host]
    : [`https://${app}-dsn.algolia.net`].concat(
        [1, 2, 3].map((number) => `https://${app}-${number}.algolianet.com`),
      );
  const WAIT = 3000;
  const SNIPPET = 24;
  const LEVELS = ["lvl0", "lvl1", "lvl2", "lvl3", "lvl4", "lvl5", "lvl6"];

  /**
   * Ask one host after the other; what the reader typed stays in the body.
   * @param {object} body
   * @returns {Promise<{hits: AlgoliaHit[]}>}
   */
  const post = async (body) => {
    const credentials = new URLSearchParams({
      "x-algolia-application-id": app,
      "x-algolia-api-key": key,
    });
    const path = `/1/indexes/${encodeURIComponent(index)}/query?${credentials}`;
    /** @type {unknown} */
    let why;
    for (const place of HOSTS) {
      try {
        const answer = await fetch(place + path, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "text/plain" },
          credentials: "omit",
          referrerPolicy: "origin",
          signal: AbortSignal.timeout(WAIT),
        });
        if (answer.ok) return await answer.json();
        why = new Error(`Algolia answers ${answer.status}`);
        if (answer.status < 500) break; // Another host would say the same.
      } catch (error) {
        why = error;
      }
    }
    throw why;
  };

  /** @param {AlgoliaHit} hit */
  const found = (hit) => {
    const titles = LEVELS.map((level) => hit.hierarchy[level]).filter((title) => title);
    const marks = hit._highlightResult ?? {};
    const met = [...Object.values(marks.hierarchy ?? {}), marks.content ?? {}];
    return {
      url: hit.url,
      title: titles.at(-1) ?? hit.url,
      trail: titles.slice(0, -1).join(" › "),
      kind: hit.kind ?? "page",
      text: hit._snippetResult?.content?.value ?? hit.content ?? "",
      terms: [...new Set(met.flatMap((one) => one.matchedWords ?? []))],
    };
  };

  self.mltAnswers = async (query, limit) => {
    if (!query) return [];
    const { hits } = await post({
      query,
      hitsPerPage: limit,
      facetFilters: Object.entries(facets).map(([name, value]) => `${name}:${value}`),
      attributesToRetrieve: ["hierarchy", "content", "url", "kind"],
      attributesToSnippet: [`content:${SNIPPET}`],
      highlightPreTag: "",
      highlightPostTag: "",
      snippetEllipsisText: "…",
    });
    const results = new Map();
    for (const hit of hits) if (!results.has(hit.url)) results.set(hit.url, found(hit));
    return [...results.values()];
  };
})();
