/**
 * What the words of a query may mean: themselves, words for the same, longer words that begin like
 * one that is still typed, words that are spelt nearly alike, and two words written as one.
 */
((mlt) => {
  const { PLAIN, stem } = mlt;
  /** What a word counts that means the same, continues a word, or is a part of it. */
  const SYNONYM = 0.6;
  const CONTINUED = 0.8;
  const PART = 0.7;
  /** The same by the steps between two spellings. */
  const NEAR = [1, 0.85, 0.6];
  const MOST = 40;

  /**
   * Steps from one word to another: letters put in, left out, changed, or two swapped.
   * @param {string} one
   * @param {string} other
   * @param {number} most
   */
  const apart = (one, other, most) => {
    /** @type {number[]} */
    let before = [];
    let row = Array.from({ length: other.length + 1 }, (_, at) => at);
    for (let i = 1; i <= one.length; i++) {
      const next = [i];
      let least = i;
      for (let j = 1; j <= other.length; j++) {
        const same = one[i - 1] === other[j - 1] ? 0 : 1;
        let steps = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
          steps = Math.min(steps, (before[j - 2] ?? 0) + 1);
        }
        next.push(steps);
        least = Math.min(least, steps);
      }
      if (least > most) return most + 1;
      before = row;
      row = next;
    }
    return row[other.length] ?? most + 1;
  };

  /**
   * The letters of a word, a bit each.
   * @param {string} word
   */
  const letters = (word) => {
    let mask = 0;
    for (let at = 0; at < word.length; at++) mask |= 1 << (word.charCodeAt(at) & 31);
    return mask;
  };

  /** @param {number} mask */
  const ones = (mask) => {
    let count = 0;
    for (let rest = mask; rest; rest &= rest - 1) count++;
    return count;
  };

  /**
   * Words, their stems and their letters, made when the first word is misspelt.
   * @type {[string, string, number][]}
   */
  const spellings = [];

  /** @param {Known} known */
  const spelling = ({ vocabulary, spelt }) => {
    if (spellings.length) return spellings;
    for (const word of vocabulary) if (!spelt.has(word)) spelt.set(word, word);
    for (const [word, root] of spelt) {
      if (word.length > 2) spellings.push([word, root, letters(word)]);
    }
    return spellings;
  };

  /**
   * Stems of words that are spelt nearly as one that the index lacks.
   * @param {string} word
   * @param {Known} known
   */
  const near = (word, known) => {
    /** @type {[string, number][]} */
    const found = [];
    if (word.length < 4 || /^[0-9]/.test(word)) return found;
    const mask = letters(word);
    let least = word.length < 6 ? 1 : 2;
    for (const [other, root, theirs] of spelling(known)) {
      if (Math.abs(other.length - word.length) > least) continue;
      if (ones(mask & ~theirs) > least || ones(theirs & ~mask) > least) continue;
      const steps = apart(word, other, least);
      if (steps > least) continue;
      if (steps < least) {
        least = steps;
        found.length = 0;
      }
      found.push([root, NEAR[steps] ?? 0]);
    }
    const first = found.filter(([root]) => root[0] === word[0]);
    return (first.length ? first : found).slice(0, 6);
  };

  /**
   * @param {string} term
   * @param {string[]} vocabulary in order
   */
  const beginning = (term, vocabulary) => {
    let low = 0;
    let high = vocabulary.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((vocabulary[middle] ?? "") < term) low = middle + 1;
      else high = middle;
    }
    return vocabulary.slice(low, low + MOST).filter((word) => word.startsWith(term));
  };

  /**
   * Both parts of two words that are written as one.
   * @param {string} word
   * @param {Known} known
   */
  const split = (word, { rarity }) => {
    const found = [];
    for (let at = 3; at < word.length - 2; at++) {
      const parts = [stem(word.slice(0, at)), stem(word.slice(at))];
      if (parts.every((part) => rarity.has(part))) found.push(...parts);
    }
    return found;
  };

  /**
   * What a term of the query may be in the index, each with what it counts.
   * @param {string} term
   * @param {string} raw the same as it was typed
   * @param {string[]} joined what it is with the word before it, or after it
   * @param {boolean} last whether it may still be typed
   * @param {Known} known
   */
  const meant = (term, raw, joined, last, known) => {
    const { rarity, synonyms, vocabulary } = known;
    /** @type {Map<string, number>} */
    const found = new Map();
    /** @type {(word: string, weight: number) => void} */
    const take = (word, weight) => {
      if (rarity.has(word) && weight > (found.get(word) ?? 0)) found.set(word, weight);
    };
    /** @type {(word: string, weight: number) => void} */
    const alike = (word, weight) => {
      take(word, weight);
      for (const other of synonyms[word] ?? []) take(other, weight * SYNONYM);
    };
    alike(term, 1);
    for (const word of joined) take(word, CONTINUED);
    if (rarity.has(term)) return found;
    if (term.length > (last ? 1 : 3)) {
      for (const word of beginning(term, vocabulary)) {
        take(word, CONTINUED * Math.sqrt(term.length / word.length));
      }
    }
    if ((synonyms[term] ?? []).length) return found;
    for (const [word, weight] of near(raw, known)) alike(word, weight);
    if (!found.size && PLAIN.test(term)) for (const word of split(term, known)) take(word, PART);
    return found;
  };

  Object.assign(mlt, { meant });
})(self.mltEngine);
