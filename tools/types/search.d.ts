/** What the scripts of the search share. */

/** The index, as _ext/search/index.py packs it. */
interface Packed {
  kinds: string[];
  /** Address, way and title. */
  pages: [string, string, string][];
  /** Number of the page, anchor, title, number of the kind, text. */
  records: [number, string, string, number, string][];
  /** Of the records that have some, with commas between them. */
  keywords: Record<number, string>;
  lengths: number[];
  words: string;
  /** Steps from record to record for each term of the words, with spaces between. */
  where: string;
  synonyms: Record<string, string[]>;
}

/** What a query is answered from. */
interface Known {
  engine: MiniSearchIndex;
  synonyms: Record<string, string[]>;
  /** How rare each term is. */
  rarity: Map<string, number>;
  /** All terms, in order. */
  vocabulary: string[];
  /** Words as titles and keywords spell them, with their stems. */
  spelt: Map<string, string>;
  /** Number of the record, and the rarity of all words. */
  phrases: [number, number][];
  /** Where each term stands among the phrases. */
  among: Map<string, number[]>;
  /** Records of a phrase as it is written, and how well it fits. */
  written: Map<string, [number, number][]>;
}

/** A word of a query. */
interface Word {
  /** Terms of the index, and what each counts. */
  means: Map<string, number>;
  worth: number;
}

/** A result. */
interface Found {
  url: string;
  title: string;
  trail: string;
  kind: string;
  text: string;
  /** Terms of the index that the query met. */
  terms: string[];
  /** Where it is not that of the kind. */
  icon?: Node;
}

/** Where answers come from: _static/search/local.js or docsearch.js. */
type Asked = (query: string, limit: number) => Promise<Found[]>;

interface Results {
  ask(query: string): Promise<Found[]>;
  /** Of the search page, with the query. */
  address(query: string): string;
  make<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes?: Record<string, string>,
    ...children: (Node | string)[]
  ): HTMLElementTagNameMap[K];
  drawing(lines: string): SVGSVGElement;
  link(result: Found): HTMLAnchorElement;
  grouped(found: Found[]): [string, Found[]][];
  counted(count: number): string;
  recent(): Found[];
  sections(): Found[];
  advice(query: string): Node[];
  failure(again: () => void): Node[];
  /** Dispatches an event, mlt:search and so on; source/contributing/insights.md lists them. */
  tell(name: "search" | "search-choose" | "search-close", detail: object): void;
  name(kind: string): string;
}

/** The settings docsearch_*, as _ext/search/docsearch.py writes them. */
interface DocSearch {
  app: string;
  key: string;
  index: string;
  /** Instead of Algolia's own. */
  host: string;
  facets: Record<string, string>;
}

interface AlgoliaMark {
  value?: string;
  matchedWords?: string[];
}

/** What Algolia answers, as tools/docsearch writes its records. */
interface AlgoliaHit {
  url: string;
  kind?: string;
  content: string | null;
  hierarchy: Record<string, string | null>;
  _highlightResult?: { hierarchy?: Record<string, AlgoliaMark>; content?: AlgoliaMark };
  _snippetResult?: { content?: AlgoliaMark };
}

interface Palette {
  open(words: string): void;
}

/** The parts of the engine, each added by its own file. */
interface Engine {
  /** terms.js */
  PLAIN: RegExp;
  WEAK: Set<string>;
  stem(word: string): string;
  ofName(name: string): string[];
  terms(text: string): string[];
  spoken(words: string[]): string[];
  telling(text: string): string[];
  /** unpack.js */
  bare(text: string): string;
  unpack(data: Packed): Known;
  /** words.js */
  meant(
    term: string,
    raw: string,
    joined: string[],
    last: boolean,
    known: Known,
  ): Map<string, number>;
  /** engine.js */
  load(): Known;
  search(query: string, limit?: number): Found[];
}

interface Window {
  mltSearch: string;
  mltEngine: Engine;
  mltDocSearch: DocSearch;
  mltAnswers: Asked;
  mltResults: Results;
  mltPalette: Palette;
}

declare function importScripts(...names: string[]): void;
declare class EnglishStemmer {
  stemWord(word: string): string;
}

/** What MiniSearch answers, with the stored fields. */
interface Met extends Found {
  /** Of the record. */
  id: number;
  score: number;
  address: string;
  queryTerms: string[];
}

interface MiniSearchIndex {
  search(query: string, options: object): Met[];
}

declare const MiniSearch: { loadJS(data: object, options: object): MiniSearchIndex };
