/**
 * Answers queries from the index that _ext/search writes. Runs in a worker, or in the page itself
 * when that was opened from disk. Needs MiniSearch, terms.js, unpack.js, words.js and the index
 * before it. source/contributing/search.md explains the ranking.
 */
((mlt) => {
  const { WEAK, bare, meant, ofName, stem, telling, terms, unpack } = mlt;
  const BOOST = { title: 2, page: 1, keywords: 2.5, text: 1 };
  /** How much a record of a kind counts beside another of the same score. */
  const WEIGHTS = {
    contributing: 0.1,
    python: 0.35,
    option: 0.5,
    setting: 0.6,
    glossary: 0.7,
    error: 0.8,
  };
  /** The same for a query that looks like a name. */
  const NAMED = { contributing: 0.3, glossary: 0.7 };
  const SYMBOL = /[._(/]|--|[a-z][A-Z]|[A-Z]{2}/;
  /** The same for one that looks like an error message. */
  const FAILED = { contributing: 0.2, python: 0.5, setting: 0.6, glossary: 0.5, error: 1.5 };
  const FAILURE = new RegExp(
    [
      "\\w(?:Error|Exception)\\b|Error:|Traceback|No such |[Nn]ot found\\b|denied|refused|^Failed ",
      "failed:|Cannot |Unable to|Unsupported|Invalid |has no attribute|not subscriptable",
    ].join("|"),
  );
  /** A name of an environment variable, and what one is looked for as that no page names. */
  const VARIABLE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?==|$)/;
  const AS_VARIABLE = " environment variable";
  /** What a page counts beside its places. */
  const WHOLE = 1.6;
  /** What a word counts that says little. */
  const FAINT = 0.5;
  /** What a word counts that is not the query's own, in the score of MiniSearch. */
  const DILUTED = 0.6;
  /** What a place counts that has a part of the words, as a power of that part. */
  const COMPLETE = 2;
  /** What the best phrase counts beside the best score, and as a power of how well it fits. */
  const PHRASE = 1.8;
  const SHARP = 1.5;
  /** How little the words of a phrase count that the query lacks, as a power of their part. */
  const LOOSE = 0.5;
  /** What other places of the same page add to the best one. */
  const PAGE = 0.25;
  const OF_ONE_PAGE = 3;
  /** What the second place of a page counts in the list, and the third. */
  const AGAIN = 0.3;

  /** @type {Known | undefined} */
  let known;

  const load = () => {
    if (known) return known;
    if (typeof document === "undefined") importScripts("index.js");
    known = unpack(JSON.parse(self.mltSearch));
    return known;
  };

  /**
   * The part of a pasted traceback or message that says something.
   * @param {string} query
   * @param {Known} known
   */
  const plain = (query, { rarity }) => {
    const [variable = ""] = query.match(VARIABLE) ?? [];
    if (variable && !rarity.has(variable.toLowerCase())) return query + AS_VARIABLE;
    if (query.length < 60) return query;
    const ends = [...query.matchAll(/[A-Za-z_.]*(?:Error|Exception|Warning)\b:/g)];
    const from = /Traceback|File "/.test(query) ? (ends.at(-1)?.index ?? 0) : 0;
    return query
      .slice(from, from + 400)
      .replace(/File "[^"]*", line \d+(, in \S+)?/g, " ")
      .replace(/\b[0-9a-f]{8,}\b|\b\d{4}-\d\d-\d\d\S*|(?:\/[\w.-]+){3,}/gi, " ");
  };

  /**
   * The words of a query, each with what it may mean and what it is worth: as much as the rarest
   * that it means, less if it says little.
   * @param {string} asked
   * @param {Known} known
   * @returns {Word[]}
   */
  const read = (asked, known) => {
    const own = telling(asked);
    /** @type {Map<string, string>} */
    const typed = new Map();
    /** @type {Map<string, string[]>} */
    const joined = new Map();
    let before = "";
    for (const word of asked.toLowerCase().match(/[a-z]+/g) ?? []) {
      typed.set(stem(word), word);
      if (before) {
        const both = stem(before + word);
        for (const one of [stem(before), stem(word)]) {
          joined.set(one, [...(joined.get(one) ?? []), both]);
        }
      }
      before = word;
    }
    /** The names of exceptions: the message says more. */
    const raised = new Set((asked.match(/\w+(?:Error|Exception)\b/g) ?? []).flatMap(ofName));
    return own.map((term, at) => {
      const last = at === own.length - 1;
      const means = meant(term, typed.get(term) ?? term, joined.get(term) ?? [], last, known);
      const part = WEAK.has(term) || raised.has(term) ? FAINT : 1;
      let most = 0;
      for (const [word, count] of means) {
        most = Math.max(most, count * (known.rarity.get(word) ?? 0));
      }
      return { means, worth: part * most };
    });
  };

  /**
   * What MiniSearch finds, by how much of the query a record has.
   * @param {Word[]} words
   * @param {Record<string, number>} weights
   * @param {Known} known
   */
  const scored = (words, weights, { engine, rarity }) => {
    /** @type {Map<string, number>} */
    const all = new Map();
    for (const { means, worth } of words) {
      for (const [word, count] of means) {
        const rare = Math.min(1, worth / (rarity.get(word) ?? 1));
        all.set(word, Math.max(rare * (count < 1 ? count * DILUTED : 1), all.get(word) ?? 0));
      }
    }
    const sum = words.reduce((total, { worth }) => total + worth, 0);
    const results = engine.search([...all.keys()].join(" "), {
      boost: BOOST,
      tokenize: (/** @type {string} */ text) => text.split(" "),
      boostTerm: (/** @type {string} */ term) => all.get(term) ?? 1,
      boostDocument: (
        /** @type {number} */ _,
        /** @type {string} */ __,
        /** @type {{kind: string, whole: boolean}} */ stored,
      ) => (weights[stored.kind] ?? 1) * (stored.whole ? WHOLE : 1),
    });
    for (const result of results) {
      const here = new Set(result.queryTerms);
      let met = 0;
      for (const { means, worth } of words) {
        let most = 0;
        for (const [word, count] of means) if (count > most && here.has(word)) most = count;
        met += most * worth;
      }
      result.score *= (met / sum) ** COMPLETE;
    }
    return results;
  };

  /**
   * How well the best phrase of each record fits.
   * @param {string} asked
   * @param {Word[]} words
   * @param {Known} known
   */
  const fitting = (asked, words, { among, phrases, rarity, written }) => {
    const sum = words.reduce((total, { worth }) => total + worth, 0);
    /** For each phrase, how much of the query it has, and how much of it the query has.
     * @type {Map<number, [number, number]>} */
    const met = new Map();
    for (const { means, worth } of words) {
      /** @type {Map<number, [number, number]>} */
      const here = new Map();
      for (const [word, count] of means) {
        for (const place of among.get(word) ?? []) {
          if (count <= (here.get(place)?.[0] ?? 0)) continue;
          here.set(place, [count, count * (rarity.get(word) ?? 0)]);
        }
      }
      for (const [place, [count, rare]] of here) {
        const [ours, theirs] = met.get(place) ?? [0, 0];
        met.set(place, [ours + count * worth, theirs + rare]);
      }
    }
    const best = new Map(written.get(bare(asked)) ?? []);
    for (const [place, [ours, theirs]] of met) {
      const [record, all] = phrases[place] ?? [0, 1];
      const fit = (ours / sum) * Math.min(1, theirs / all) ** LOOSE;
      if (fit > (best.get(record) ?? 0)) best.set(record, fit);
    }
    return best;
  };

  /**
   * The best place of each page, then its others.
   * @param {Met[]} results
   * @param {number} limit
   * @returns {Found[]}
   */
  const ranked = (results, limit) => {
    /** @type {Map<string, Met[]>} */
    const pages = new Map();
    for (const result of results) {
      const page = pages.get(result.address) ?? [];
      pages.set(result.address, page);
      page.push(result);
    }
    /** @type {[number, Met][]} */
    const places = [];
    for (const page of pages.values()) {
      page.sort((one, other) => other.score - one.score);
      const more = page.slice(1, 4).reduce((sum, one) => sum + one.score, 0) * PAGE;
      page.slice(0, OF_ONE_PAGE).forEach((result, at) => {
        places.push([(result.score + more) * (at ? AGAIN : 1), result]);
      });
    }
    places.sort(([one], [other]) => other - one);
    return places.slice(0, limit).map(([, { url, trail, title, kind, text, terms: met }]) => {
      return { url, trail, title, kind, text, terms: met };
    });
  };

  /**
   * @param {string} query
   * @param {number} limit
   * @returns {Found[]}
   */
  const search = (query, limit = 20) => {
    const known = load();
    const asked = plain(query, known);
    const words = read(asked, known).filter(({ means }) => means.size);
    if (!words.length) return [];
    const weights = /** @type {Record<string, number>} */ (
      FAILURE.test(asked) ? FAILED : SYMBOL.test(asked) ? NAMED : WEIGHTS
    );
    const results = scored(words, weights, known);
    const best = results.reduce((most, { score }) => Math.max(most, score), 0);
    const fits = fitting(asked, words, known);
    for (const result of results) {
      const fit = (fits.get(result.id) ?? 0) ** SHARP;
      result.score = result.score / best + PHRASE * fit * Math.sqrt(weights[result.kind] ?? 1);
    }
    return ranked(results, limit);
  };

  Object.assign(mlt, { load, search, terms });
  if (typeof document !== "undefined") return;
  self.addEventListener("message", ({ data: { id, query, limit } }) => {
    self.postMessage({ id, found: search(query, limit) });
  });
})(self.mltEngine);
