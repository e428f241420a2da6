/**
 * Counts page views, their speed, searches and feedback, and sends them through the adapter that
 * conf.py names. No cookie, no storage, nothing that stays the same from one page to the next.
 * source/contributing/insights.md says what is sent, and which DOM events are heard.
 */
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { adapter = "", endpoint = "", page = "", site = "", key = "" } = own.dataset;
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const url = new URL(page, root).href;
  const SETTLED = 1500;
  const LONGEST_QUERY = 80;
  const LONGEST_COMMENT = 300;

  // The same patterns as in tools/insights/privacy.py.
  const PRIVATE = new RegExp(
    [
      "[^\\s@]+@[^\\s@]+\\.[^\\s@]+",
      "\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b",
      "\\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}",
      "\\b(?:[0-9a-f]{1,4}:)+:[0-9a-f]{1,4}",
      "\\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|hf|xox[abprs])[-_][\\w-]{6,}",
      "\\b(?:AKIA|ASIA|AIza|eyJ)[\\w-]{8,}",
      "\\b(?:password|passwd|secret|token|api[-_ ]?key|bearer)\\b\\s*[=:]?\\s*\\S*\\d\\S*",
      "(?=[\\w+-]*\\d)(?=[\\w+-]*[a-z])[\\w+-]{24,}",
      "(?:\\d[ ()./-]{0,2}){9,}",
      "/(?:home|Users)/[^\\s/]+",
      "\\\\Users\\\\[^\\s\\\\]+",
      "://[^\\s/@]+@",
    ].join("|"),
    "gi",
  );
  const plain = (/** @type {string} */ text) => text.replace(/[\s\p{Cc}\p{Cs}]+/gu, " ").trim();
  const isPrivate = (/** @type {string} */ text) => text.search(PRIVATE) >= 0;
  const scrub = (/** @type {string} */ text) => text.replace(PRIVATE, "[removed]");

  /**
   * Plausible's properties are texts.
   * @param {object} values
   */
  const words = (values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

  /** @type {Record<string, (event: Insight) => object>} */
  const ADAPTERS = {
    endpoint: (event) => ({ events: [{ page, ...event }] }),
    plausible: ({ kind, entry, ...props }) => ({
      name: kind === "view" ? "pageview" : kind,
      url,
      domain: site,
      ...(kind === "view" ? {} : { props: words(props) }),
    }),
    // A person that lives as long as the page: PostHog refuses events without one.
    posthog: ({ kind, ...properties }) => ({
      api_key: key,
      event: kind === "view" ? "$pageview" : kind,
      distinct_id: passing,
      properties: {
        ...properties,
        $current_url: url,
        $process_person_profile: false,
        $geoip_disable: true,
      },
    }),
  };
  const passing = [...crypto.getRandomValues(new Uint32Array(4))]
    .map((part) => part.toString(16).padStart(8, "0"))
    .join("");
  const shape = ADAPTERS[adapter];
  if (!shape) return;

  /**
   * Send an event; tell whether it was taken. Plain text goes to another origin without a question.
   * @param {Insight} event
   */
  const send = async (event) => {
    try {
      const answer = await fetch(endpoint, {
        method: "POST",
        headers: { "Content-Type": "text/plain" },
        body: JSON.stringify(shape(event)),
        credentials: "omit",
        keepalive: true,
        referrerPolicy: "no-referrer",
      });
      return answer.ok;
    } catch {
      return false;
    }
  };

  // Views. A visit begins where the page before was of another site, or there was none.
  const elsewhere = !document.referrer.startsWith(`${location.origin}/`);
  const view = (entry = false) => send({ kind: "view", entry });
  const { prerendering } = /** @type {{prerendering?: boolean}} */ (document);
  if (prerendering) document.addEventListener("prerenderingchange", () => view(elsewhere));
  else view(elsewhere);
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) view();
  });

  // Speed: once for each page, when the reader leaves it or looks away.
  /** @type {Record<string, number>} */
  const vitals = {};
  const measure = () => {
    const library = document.createElement("script");
    library.src = new URL("../vendor/web-vitals/web-vitals.iife.js", own.src).href;
    library.onload = () => {
      for (const name of /** @type {const} */ (["LCP", "INP", "CLS", "TTFB"])) {
        self.webVitals[`on${name}`](
          ({ value }) => {
            vitals[name.toLowerCase()] = name === "CLS" ? +value.toFixed(4) : Math.round(value);
          },
          { reportAllChanges: true },
        );
      }
    };
    document.head.append(library);
  };
  if (document.readyState === "complete") measure();
  else addEventListener("load", measure);
  let told = false;
  addEventListener("visibilitychange", () => {
    if (told || document.visibilityState !== "hidden") return;
    const [entry] = performance.getEntriesByType("navigation");
    if (entry instanceof PerformanceNavigationTiming && entry.loadEventEnd > 0) {
      vitals.load = Math.round(entry.loadEventEnd);
    }
    if (!Object.keys(vitals).length) return;
    told = true;
    send({ kind: "vitals", ...vitals });
  });

  // Searches. A query counts once the reader has looked at its results, or has opened one.
  /** @type {{query: string, results: number} | undefined} */
  let typed;
  /** @type {{query: string, results: number} | undefined} */
  let looked;
  let timer = 0;
  /**
   * @param {"chosen" | "refined" | "left"} ended
   * @param {number} [rank]
   */
  const finish = (ended, rank) => {
    if (!looked) return;
    const { query, results } = looked;
    looked = undefined;
    const words = query.slice(0, LONGEST_QUERY).trim();
    const said = isPrivate(query) || !words ? {} : { query: words };
    send({ kind: "search", ...said, results, ...(rank ? { rank } : {}), ended });
  };
  const settle = () => {
    clearTimeout(timer);
    if (typed && looked && typed.query !== looked.query) finish("refined");
    looked = typed ?? looked;
    typed = undefined;
  };
  const end = () => {
    settle();
    finish("left");
  };
  document.addEventListener("mlt:search", ({ detail }) => {
    const query = plain(detail.query);
    clearTimeout(timer);
    typed = query ? { query, results: detail.results } : undefined;
    timer = setTimeout(settle, SETTLED);
  });
  document.addEventListener("mlt:search-choose", ({ detail }) => {
    // After Enter before the answer, the results are told right after the choice.
    queueMicrotask(() => {
      settle();
      // Without results, what was opened is one of the sections that stand in their place.
      if (looked?.results && detail.rank) finish("chosen", detail.rank);
      else finish("left");
    });
  });
  document.addEventListener("mlt:search-close", end);
  addEventListener("pagehide", end);

  // Feedback: the line below the page opens a form; without it, the link leads to an issue.
  self.mltInsights = {
    feedback: (rating, comment) =>
      send({ kind: "feedback", rating, comment: scrub(plain(comment)).slice(0, LONGEST_COMMENT) }),
    isPrivate,
    scrub,
  };
  const link = document.querySelector(".mlt-insights a");
  link?.addEventListener("click", (event) => {
    const { ctrlKey, metaKey, shiftKey, altKey } = /** @type {MouseEvent} */ (event);
    if (ctrlKey || metaKey || shiftKey || altKey) return;
    event.preventDefault();
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("feedback.css", own.src).href;
    const script = document.createElement("script");
    script.src = new URL("feedback.js", own.src).href;
    let waiting = 2;
    style.onload = script.onload = () => {
      waiting -= 1;
      if (!waiting) self.mltFeedback(/** @type {HTMLAnchorElement} */ (link));
    };
    style.onerror = script.onerror = () => {
      location.href = /** @type {HTMLAnchorElement} */ (link).href;
    };
    document.head.append(style, script);
  });
})();
