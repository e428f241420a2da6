/**
 * Makes an index of MiniSearch from what _ext/search/index.py packed, and beside it what the ranking
 * asks for: how rare each term is, and the phrases by which readers may call a place.
 */
((mlt) => {
  const { spoken, stem, telling, terms } = mlt;
  const FIELDS = ["title", "page", "keywords", "text"];
  /** An anchor that is the title, and the letters of steps, as _ext/search/index.py has them. */
  const SAME = "-";
  const [AGAIN, LAST, MORE, LASTS, MORES] = [33, 35, 93, 57, 34];
  /** How well a heading fits that is written as the query is, a keyword, a page's title or a name. */
  const HEADED = 1.3;
  const EXACT = 1.6;
  const TITLED = 1.8;
  /** Kinds of records whose titles are names. */
  const NAMES = new Set(["python", "option", "setting"]);

  /**
   * A text without what people leave out or add.
   * @param {string} text
   */
  const bare = (text) => {
    const plain = text.toLowerCase().replace(/[^a-z0-9_.@/~:=<>-]+/g, " ");
    const words = plain.trim().split(" ");
    const said = spoken(words);
    return (said.length > 1 ? said : words).join(" ");
  };

  /** A title as an anchor.
   * @param {string} title */
  const slug = (title) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");

  /**
   * The terms behind what is shown of texts: each word as what it adds to the one before, and steps
   * to its records. A step ends with a letter below MORE; AGAIN says that the word is there once more.
   * @param {Packed} data
   * @param {(term: string, number: number) => void} add
   */
  const unpackTexts = (data, add) => {
    const where = data.where.split(" ");
    let term = "";
    data.words.split(" ").forEach((word, place) => {
      term = term.slice(0, word.charCodeAt(0) - 48) + word.slice(1);
      const steps = where[place] ?? "";
      let number = -1;
      let high = 0;
      for (let at = 0; at < steps.length; at++) {
        const code = steps.charCodeAt(at);
        if (code >= MORE) {
          high = high * MORES + code - MORE;
        } else if (code !== AGAIN) {
          number += high * LASTS + code - LAST;
          high = 0;
        }
        if (code < MORE) add(term, number);
      }
    });
  };

  /**
   * @param {Packed} data
   * @param {Known} known
   */
  const unpackPhrases = (data, known) => {
    /** @type {(number: number, text: string, fit: number) => void} */
    const keep = (number, text, fit) => {
      const found = telling(text);
      if (!found.length) return;
      const key = bare(text);
      known.written.set(key, [...(known.written.get(key) ?? []), [number, fit]]);
      const sum = found.reduce((total, term) => total + (known.rarity.get(term) ?? 0), 0);
      for (const term of found) {
        const places = known.among.get(term) ?? [];
        known.among.set(term, places);
        places.push(known.phrases.length);
      }
      known.phrases.push([number, sum]);
    };
    data.records.forEach(([, anchor, title, kind], number) => {
      const name = NAMES.has(data.kinds[kind] ?? "");
      keep(number, title, name || !anchor ? TITLED : HEADED);
      const parts = data.kinds[kind] === "python" ? title.split(".") : [];
      for (let at = 1; at < parts.length; at++) keep(number, parts.slice(at).join("."), TITLED);
      for (const one of (data.keywords[number] ?? "").split(", ")) keep(number, one, EXACT);
    });
  };

  /**
   * @param {Packed} data
   * @returns {Known}
   */
  const unpack = (data) => {
    /** @type {Map<string, Record<string, Record<string, number>>>} */
    const index = new Map();
    /** @type {Map<string, Set<number>>} */
    const pagesOf = new Map();
    /** @type {Map<string, string>} */
    const spelt = new Map();
    /** @type {Map<string, string[]>} */
    const cut = new Map();

    /** @type {(term: string, field: number, number: number) => void} */
    const add = (term, field, number) => {
      const entry = index.get(term) ?? {};
      index.set(term, entry);
      const places = entry[field] ?? {};
      entry[field] = places;
      places[number] = (places[number] ?? 0) + 1;
      const pages = pagesOf.get(term) ?? new Set();
      pagesOf.set(term, pages);
      pages.add(data.records[number]?.[0] ?? 0);
    };
    /** @type {(text: string, field: number, number: number) => number} */
    const read = (text, field, number) => {
      const found = cut.get(text) ?? terms(text);
      if (!cut.has(text)) {
        for (const word of text.toLowerCase().match(/[a-z]{4,}/g) ?? [])
          spelt.set(word, stem(word));
      }
      cut.set(text, found);
      for (const term of found) add(term, field, number);
      return new Set(found).size;
    };

    unpackTexts(data, (term, number) => add(term, 3, number));
    /** @type {Record<string, number[]>} */
    const fieldLength = {};
    /** @type {Record<string, object>} */
    const storedFields = {};
    data.records.forEach(([page, anchor, title, kind, text], number) => {
      const [address, way, name] = data.pages[page] ?? ["", "", ""];
      const trail = anchor ? [way, name].filter(Boolean).join(" › ") : way;
      const url = anchor ? `${address}#${anchor === SAME ? slug(title) : anchor}` : address;
      const kindOf = data.kinds[kind];
      storedFields[number] = { url, address, trail, title, kind: kindOf, text, whole: !anchor };
      const keywords = data.keywords[number] ?? "";
      const lengths = [title, trail, keywords, text].map((said, field) =>
        read(said, field, number),
      );
      fieldLength[number] = [...lengths.slice(0, 3), data.lengths[number] ?? 0];
    });
    const count = data.records.length;
    const average = (/** @type {number} */ field) =>
      Object.values(fieldLength).reduce((sum, one) => sum + (one[field] ?? 0), 0) / count;
    const engine = MiniSearch.loadJS(
      {
        documentCount: count,
        nextId: count,
        documentIds: Object.fromEntries(data.records.map((_, number) => [number, number])),
        fieldIds: Object.fromEntries(FIELDS.map((name, field) => [name, field])),
        fieldLength,
        averageFieldLength: count ? FIELDS.map((_, field) => average(field)) : [],
        storedFields,
        dirtCount: 0,
        index: [...index],
        serializationVersion: 2,
      },
      {
        fields: FIELDS,
        storeFields: ["url", "address", "trail", "title", "kind", "text", "whole"],
        tokenize: terms,
        processTerm: (/** @type {string} */ term) => term,
      },
    );
    /** @type {Known} */
    const known = {
      engine,
      synonyms: data.synonyms,
      rarity: new Map(
        [...pagesOf].map(([term, pages]) => [term, Math.log(1 + data.pages.length / pages.size)]),
      ),
      vocabulary: [...index.keys()].sort(),
      spelt,
      phrases: [],
      among: new Map(),
      written: new Map(),
    };
    unpackPhrases(data, known);
    return known;
  };

  Object.assign(mlt, { bare, unpack });
})(self.mltEngine);
