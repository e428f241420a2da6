/** What the scripts of the insights share. */

/** An event, as source/contributing/insights.md describes it; the page is added when it is sent. */
interface Insight {
  kind: "view" | "vitals" | "search" | "feedback";
  entry?: boolean;
  query?: string;
  results?: number;
  rank?: number;
  ended?: "chosen" | "refined" | "left";
  rating?: number;
  comment?: string;
  lcp?: number;
  inp?: number;
  cls?: number;
  ttfb?: number;
  load?: number;
}

interface Window {
  doNotTrack?: string;
  mltInsights: {
    feedback(rating: number, comment: string): Promise<boolean>;
    isPrivate(text: string): boolean;
    scrub(text: string): string;
  };
  mltFeedback(link: HTMLAnchorElement): void;
  webVitals: Record<
    "onLCP" | "onINP" | "onCLS" | "onTTFB",
    (report: (metric: { value: number }) => void, options: { reportAllChanges: boolean }) => void
  >;
}

interface Navigator {
  readonly globalPrivacyControl?: boolean;
  readonly doNotTrack: string | null;
}

interface DocumentEventMap {
  /** Results of a query are shown. */
  "mlt:search": CustomEvent<{ query: string; results: number }>;
  /** A result is opened; the first has rank 1. */
  "mlt:search-choose": CustomEvent<{ rank: number }>;
  /** The palette closes, and no result was opened. */
  "mlt:search-close": CustomEvent<object>;
}
