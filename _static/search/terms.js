/**
 * Cuts text into terms as _ext/search/terms.py does; a test compares both. Needs Snowball's English
 * stemmer. This file, unpack.js, words.js and engine.js become _static/search/worker.js.
 */
(() => {
  const NAME = /[A-Za-z0-9_](?:[A-Za-z0-9_./:@-]*[A-Za-z0-9_])?/g;
  const PARTS = /[./:@-]+/;
  const WORDS = /[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g;
  const PLAIN = /^[a-z]+$/;
  const LONGEST = 40;
  const stemmer = new EnglishStemmer();

  /** Words that say nothing about what is looked for. */
  const SILENT = new Set(
    (
      "a about after again all also am an and any anyone are as at be been before but by can cannot " +
      "could did do does doesn doing don for from get gets getting give go going got had has have having " +
      "help here how i if in into is isn it its just let like ll m make makes me much my need needs of on " +
      "one only or other our out over own please possible re s should so some something somebody such t " +
      "than that the their them then there these they thing things this those to too trying up us use " +
      "used uses using ve very via want wants was way ways we were what when where whether which while " +
      "who whose why will with won would you your"
    ).split(" "),
  );
  /** Words that say little. */
  const WEAK = new Set(
    (
      "add allow another avoid back bad before best better big both bring call change check come course " +
      "day different each easy else end enough every everything example explain fast few find first fix " +
      "full good half handle happen happens high hold idea instead keep kind know large last later learn " +
      "left less line little live lots look machine making many may mean means might mltrack more most " +
      "move must never new next nice nothing now number old once open part place point problem proper put " +
      "question quick read ready real really right same saw say see send set several show " +
      "since single small soon start still stop take tell ten think time two turn two under understand " +
      "until user useful wait way week when whole work working works wrong yet"
    )
      .split(" ")
      .map((word) => stemmer.stemWord(word)),
  );
  /**
   * Stems that are known, first of words that the stemmer of Python cuts otherwise: it is a newer
   * release of Snowball than the one in Sphinx.
   */
  const stems = new Map(
    Object.entries({
      interfered: "interfer",
      interfering: "interfer",
      internal: "internal",
      internally: "internal",
      internals: "internal",
      international: "internat",
      interval: "interval",
      intervals: "interval",
      skis: "ski",
    }),
  );
  /** @param {string} word */
  const stem = (word) => {
    const known = stems.get(word);
    if (known !== undefined) return known;
    const root = PLAIN.test(word) ? stemmer.stemWord(word) : word;
    stems.set(word, root);
    return root;
  };

  /** @param {string} name */
  const ofName = (name) => {
    const lower = name.toLowerCase();
    if (PLAIN.test(lower) && (name.match(WORDS) ?? []).length < 2) return [stem(lower)];
    const pieces = [lower];
    for (const part of name.split(PARTS)) {
      pieces.push(part.toLowerCase());
      for (const word of part.match(WORDS) ?? []) pieces.push(word.toLowerCase());
    }
    const kept = [...new Set(pieces)].map(stem).filter((one) => one && one.length <= LONGEST);
    return [...new Set(kept)];
  };

  /** @param {string} text */
  const terms = (text) => (text.match(NAME) ?? []).flatMap(ofName);

  /** The words that say something; all of them if none does.
   * @param {string[]} words */
  const spoken = (words) => {
    const said = words.filter((word) => !SILENT.has(word.toLowerCase()));
    return said.length ? said : words;
  };

  /** The terms of a text that say something.
   * @param {string} text */
  const telling = (text) => {
    return [...new Set(spoken(text.match(NAME) ?? []).flatMap(ofName))];
  };

  self.mltEngine = /** @type {Engine} */ ({ PLAIN, WEAK, stem, ofName, spoken, terms, telling });
})();
