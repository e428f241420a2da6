/**
 * The API explorer: fills the form that the page brings, writes the request as a curl command, and
 * sends it: to the recorded answers, to the application in a worker of this browser, or to the
 * reader's own service. The address of that service stays in this browser's storage, keys stay in
 * the form. A classic script: browsers refuse modules in a page that is opened from disk.
 */
(() => {
  /**
   * @typedef {object} Example
   * @property {string} label
   * @property {string} [body]
   * @property {Record<string, string>} [headers]
   * @property {number} [status]
   * @property {string} [answer]
   * @property {Record<string, string>} [received]
   * @property {string} [limit]
   */
  /**
   * @typedef {object} Operation
   * @property {string} id
   * @property {string} method
   * @property {string} path
   * @property {string} summary
   * @property {boolean} body
   * @property {string} href
   * @property {Example[]} examples
   */
  /** @typedef {{name: string, runs: boolean, operations: Operation[]}} Service */
  /** @typedef {{method: string, path: string, headers: [string, string][], body: string}} Request */
  /**
   * @typedef {object} Answer
   * @property {number} status
   * @property {[string, string][]} headers
   * @property {string} body
   * @property {number} [milliseconds]
   * @property {string} from
   * @property {string} [limit]
   */

  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-api-explorer]"));
  if (!root) return;
  /** @type {{base: string, services: Service[]}} */
  const data = JSON.parse(root.dataset.apiExplorer ?? "{}");
  const ADDRESS = "mlt-api-explorer-address";
  const WIDTH = 80;
  const LONGEST = 100_000;
  const PATIENCE = 30_000;

  /**
   * @template {HTMLElement} T
   * @param {string} selector
   */
  const find = (selector) => /** @type {T} */ (root.querySelector(selector));
  /** @param {string} id */
  const input = (id) => /** @type {HTMLInputElement} */ (find(`#api-explorer-${id}`));
  /** @param {string} id */
  const choice = (id) => /** @type {HTMLSelectElement} */ (find(`#api-explorer-${id}`));
  /** @param {string} selector */
  const all = (selector) => [
    .../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector)),
  ];

  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Record<string, unknown>} properties
   * @param {(Node | string)[]} children
   */
  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    Object.assign(element, properties);
    element.append(...children);
    return element;
  };

  const form = /** @type {HTMLFormElement} */ (find("form"));
  const service = choice("service");
  const operation = choice("operation");
  const example = choice("example");
  const auth = choice("auth");
  const body = /** @type {HTMLTextAreaElement} */ (find("#api-explorer-body"));
  const address = input("address");
  const send = /** @type {HTMLButtonElement} */ (find("[type=submit]"));
  const result = find(".mlt-api-explorer__result");
  const status = find("[role=status]");

  // -- JSON as text: numbers stay as they were written ---------------------------------------

  const TOKENS = /("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*|NaN|-?Infinity)|(true|false|null)|[[\]{},:]/g;

  /** @param {string} text */
  const valid = (text) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  /**
   * Return JSON on one line while it fits, then one entry a line; other text as it is.
   * @param {string} text
   * @param {number} width
   */
  function layout(text, width = WIDTH) {
    if (!valid(text)) return text;
    const tokens = text.match(TOKENS) ?? [];
    let at = 0;
    /** @returns {string | {ends: string, entries: [string, any][]}} */
    const read = () => {
      const token = tokens[at++] ?? "";
      if (token !== "{" && token !== "[") return token;
      const close = token === "{" ? "}" : "]";
      /** @type {[string, any][]} */
      const entries = [];
      while (tokens[at] !== close) {
        if (tokens[at] === ",") at++;
        const key = token === "{" ? `${tokens[at]}: ` : "";
        if (key) at += 2;
        entries.push([key, read()]);
      }
      at++;
      return { ends: token + close, entries };
    };
    /** @param {any} value @returns {string} */
    const line = (value) =>
      typeof value === "string"
        ? value
        : value.ends[0] +
          value.entries.map((/** @type {any} */ [key, each]) => key + line(each)).join(", ") +
          value.ends[1];
    /** @param {any} value @param {number} used @returns {string} */
    const spread = (value, used) => {
      const flat = line(value);
      if (typeof value === "string" || used + flat.length <= width || !value.entries.length)
        return flat;
      const inner = value.entries.map(
        (/** @type {any} */ [key, each]) =>
          `  ${key}${spread(each, used + 3 + key.length).replaceAll("\n", "\n  ")}`,
      );
      return `${value.ends[0]}\n${inner.join(",\n")}\n${value.ends[1]}`;
    };
    return spread(read(), 0);
  }

  /** @param {string} text */
  const oneLine = (text) => layout(text, Number.POSITIVE_INFINITY);

  /**
   * Return a block of code, JSON in colours.
   * @param {string} text
   * @param {string} label
   */
  function block(text, label) {
    const pre = make("pre");
    let last = 0;
    for (const match of valid(text) ? text.matchAll(TOKENS) : []) {
      const [token, string, number, word] = match;
      const end = match.index + token.length;
      const kind = string
        ? /^\s*:/.test(text.slice(end, end + 3))
          ? "nt"
          : "s2"
        : number
          ? "mf"
          : word
            ? "kc"
            : "p";
      pre.append(
        text.slice(last, match.index),
        make("span", { className: kind, textContent: token }),
      );
      last = end;
    }
    pre.append(text.slice(last));
    const box = make("div", { className: "highlight", tabIndex: 0, role: "region" }, pre);
    box.ariaLabel = label;
    return box;
  }

  /** @param {string} text a body, in a form that does not depend on spaces and order */
  const canonical = (text) => {
    /** @param {any} value @returns {any} */
    const sorted = (value) => {
      if (Array.isArray(value)) return value.map(sorted);
      if (!value || typeof value !== "object") return value;
      return Object.keys(value)
        .sort()
        .map((key) => [key, sorted(value[key])]);
    };
    return valid(text) ? JSON.stringify(sorted(JSON.parse(text))) : text.trim();
  };

  // -- What is chosen ------------------------------------------------------------------------

  const chosen = () => {
    const kind = /** @type {Service} */ (data.services.find((each) => each.name === service.value));
    const asked = kind.operations.find((each) => each.id === operation.value);
    return { kind, asked: /** @type {Operation} */ (asked ?? kind.operations[0]) };
  };
  const mode = () => String(new FormData(form).get("mode"));
  const base = () =>
    mode() === "own" ? address.value.trim().replace(/\/+$/, "") || data.base : data.base;

  /** @returns {[string, string][]} */
  const secret = () => {
    if (auth.value === "bearer") return [["Authorization", `Bearer ${input("secret").value}`]];
    return auth.value ? [[input("header").value.trim(), input("secret").value]] : [];
  };

  /** @returns {Request} */
  const request = () => {
    const { asked } = chosen();
    return {
      method: asked.method,
      path: asked.path,
      headers: [
        ...secret(),
        ...(asked.body
          ? [/** @type {[string, string]} */ (["Content-Type", "application/json"])]
          : []),
      ],
      body: asked.body ? body.value : "",
    };
  };

  /** @param {string} text a word of a POSIX shell */
  const quote = (text) =>
    /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

  /** The command; a key stands in a variable, so that it stays out of the shell's history. */
  const curl = () => {
    const { method, path, headers, body: text } = request();
    const lines = [
      ["curl", ...(method === "GET" ? [] : [`-X ${method}`]), quote(base() + path)].join(" "),
    ];
    for (const [name, value] of headers) {
      const hidden = auth.value && name !== "Content-Type";
      const shown = auth.value === "bearer" ? "Bearer $TOKEN" : "$API_KEY";
      lines.push(hidden ? `-H "${name}: ${shown}"` : `-H ${quote(`${name}: ${value}`)}`);
    }
    if (chosen().asked.body) lines.push(`-d ${quote(oneLine(text))}`);
    return lines.join(" \\\n    ");
  };

  // -- The form ------------------------------------------------------------------------------

  /** @param {string} id @param {string} text */
  const complain = (id, text) => {
    find(`#api-explorer-${id}-error`).textContent = text;
    find(`#api-explorer-${id}`).ariaInvalid = text ? "true" : null;
  };

  const checkBody = () => {
    const wrong = chosen().asked.body && !valid(body.value);
    complain("body", wrong ? "This is not JSON. You can send it: a service answers 422." : "");
  };

  /** @returns {string} the error */
  const checkAddress = () => {
    const text = address.value.trim();
    let wrong = "";
    try {
      const url = new URL(text);
      if (!/^https?:$/.test(url.protocol)) wrong = "The address begins with http:// or https://.";
      else if (url.username || url.search || url.hash)
        wrong = "Leave names, “?” and “#” out of the address.";
    } catch {
      wrong = "Type an address such as http://127.0.0.1:8000.";
    }
    return wrong;
  };

  function describe() {
    const { kind } = chosen();
    const asked = mode();
    for (const part of all("[data-for]")) {
      const fits = !("unavailable" in part.dataset) || !kind.runs;
      const free = !("megabytes" in part.dataset) || kind.runs;
      part.hidden = part.dataset.for !== asked || !fits || !free;
    }
    for (const part of all("[data-auth]")) {
      part.hidden = !auth.value || !part.dataset.auth?.split(" ").includes(auth.value);
    }
    const size = find("[data-megabytes]").dataset.megabytes;
    const isAtRest = asked === "browser" && kind.runs && engine.state === "at rest";
    send.textContent = isAtRest ? `Load ${size} MB and send` : "Send";
    find("#api-explorer-curl").replaceChildren(make("pre", { textContent: curl() }));
  }

  function fill() {
    const { asked } = chosen();
    const shown = asked.examples[Number(example.value)];
    body.value = shown?.body ?? "";
    body.rows = Math.min(16, Math.max(3, body.value.split("\n").length + 1));
    const [name, value] = Object.entries(shown?.headers ?? {})[0] ?? ["", ""];
    auth.value = name ? (name === "Authorization" ? "bearer" : "key") : "";
    if (name && name !== "Authorization") input("header").value = name;
    if (name) input("secret").value = value.replace(/^Bearer /, "");
    if (name) /** @type {HTMLDetailsElement} */ (find("details")).open = true;
    checkBody();
    describe();
  }

  function showOperation() {
    const { asked } = chosen();
    find("[data-body]").hidden = !asked.body;
    find("#api-explorer-summary").textContent = asked.summary ? `${asked.summary}.` : "";
    const reference = /** @type {HTMLAnchorElement} */ (find("#api-explorer-reference"));
    reference.hidden = !asked.href;
    reference.href = asked.href;
    find(".mlt-api-explorer__summary").hidden = !asked.summary && !asked.href;
    example.replaceChildren(
      ...asked.examples.map((each, index) => new Option(each.label, String(index))),
    );
    fill();
  }

  function showService() {
    const { kind } = chosen();
    operation.replaceChildren(
      ...kind.operations.map((each) => new Option(`${each.method} ${each.path}`, each.id)),
    );
    showOperation();
  }

  const remember = () => {
    try {
      history.replaceState(null, "", `#${operation.value}`);
    } catch {
      // Some browsers refuse this in a page from disk: the address then stays as it is.
    }
  };

  /** Choose the operation that the address names; tell whether it names one. */
  function recall() {
    const id = location.hash.slice(1);
    const kind = data.services.find((each) => each.operations.some((one) => one.id === id));
    if (!kind) return false;
    service.value = kind.name;
    showService();
    operation.value = id;
    showOperation();
    return true;
  }

  // -- (a) recorded answers ------------------------------------------------------------------

  /** @param {Request} asked @returns {Answer | undefined} */
  function recorded(asked) {
    const { kind, asked: chosenOne } = chosen();
    const guarded = kind.operations.some((each) => each.examples.some((one) => one.headers));
    /** @param {[string, string][]} headers */
    const plain = (headers) => JSON.stringify(headers.filter(([name]) => name !== "Content-Type"));
    const sent = canonical(asked.body);
    const found = chosenOne.examples.find(
      (each) =>
        each.status &&
        canonical(each.body ?? "") === sent &&
        (!guarded || plain(Object.entries(each.headers ?? {})) === plain(asked.headers)),
    );
    if (!found) return undefined;
    return {
      status: found.status ?? 0,
      headers: Object.entries(found.received ?? {}),
      body: found.answer ?? "",
      from: "Recorded answer of the generated service",
      limit: found.limit ?? "",
    };
  }

  // -- (b) the application in this browser ---------------------------------------------------

  class Engine {
    state = "at rest";
    /** @type {Worker | undefined} */
    worker;
    /** @type {Map<number, {done: (answer: any) => void, failed: (error: Error) => void}>} */
    waiting = new Map();
    count = 0;

    start() {
      if (this.worker) return;
      if (location.protocol === "file:") throw new Error(DISK);
      this.worker = new Worker(new URL("api-explorer.worker.js", here));
      this.state = "starting";
      this.worker.onmessage = ({ data: told }) => this.hear(told);
      this.worker.onerror = () =>
        this.end("The browser did not start it: the site's policy may forbid workers.");
    }

    /** @param {any} told */
    hear(told) {
      if (told.progress) report(`${told.progress} …`);
      else if (told.ready) this.state = "ready";
      else if (told.failed) this.end(told.failed);
      else {
        const { done, failed } = this.waiting.get(told.id) ?? {};
        this.waiting.delete(told.id);
        if (told.error) failed?.(new Error(told.error));
        else done?.(told.answer);
      }
    }

    /** @param {string} message */
    end(message) {
      this.worker?.terminate();
      this.worker = undefined;
      this.state = "at rest";
      for (const { failed } of this.waiting.values()) failed(new Error(message));
      this.waiting.clear();
    }

    /** @param {string} name @param {Request} question @returns {Promise<Answer>} */
    ask(name, question) {
      this.start();
      const id = ++this.count;
      return new Promise((done, failed) => {
        this.waiting.set(id, { done, failed });
        this.worker?.postMessage({ id, question: { service: name, ...question } });
      });
    }
  }
  const DISK =
    "Browsers run no Python in pages that are opened from disk. Serve the directory of this " +
    "documentation, for example with: python -m http.server --bind 127.0.0.1";
  const engine = new Engine();

  // -- (c) the reader's own service ----------------------------------------------------------

  const policy = { blocked: false };
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective === "connect-src") policy.blocked = true;
  });

  const isLocal = (/** @type {string} */ host) =>
    host === "localhost" || host === "[::1]" || /^127\.|\.localhost$/.test(host);

  /** @param {string} url @param {unknown} error */
  async function explain(url, error) {
    const { origin, protocol, hostname } = new URL(url);
    if (error instanceof DOMException && error.name === "TimeoutError")
      return `${origin} did not answer within ${PATIENCE / 1000} seconds.`;
    await new Promise((resume) => setTimeout(resume, 50)); // the event comes after the error
    if (policy.blocked)
      return `The security policy of this site does not allow requests to ${origin}: its connect-src does not name that address. Use the command instead.`;
    if (protocol === "http:" && location.protocol === "https:" && !isLocal(hostname))
      return `This page came over HTTPS, so your browser sends nothing to an http:// address of another machine (mixed content). Use the command, or give the service an https:// address.`;
    const quiet = /** @type {RequestInit} */ ({ mode: "no-cors", credentials: "omit" });
    try {
      await fetch(origin, { ...quiet, signal: AbortSignal.timeout(5000) });
    } catch {
      return `Nothing answers at ${origin}. Is the service running, and is the port right? Your browser may also ask you first whether this site may reach your network.`;
    }
    const page = location.protocol === "file:" ? "null" : location.origin;
    return `${origin} answers, but does not allow pages of ${page} to read it (CORS). The generated project allows all origins unless ALLOWED_ORIGINS names others: add ${page} to it. The container application allows none: use the command.`;
  }

  /** @param {Request} asked @returns {Promise<Answer>} */
  async function own(asked) {
    const url = base() + asked.path;
    policy.blocked = false;
    const begun = performance.now();
    try {
      const response = await fetch(url, {
        method: asked.method,
        headers: asked.headers,
        body: asked.method === "GET" ? null : asked.body,
        credentials: "omit",
        redirect: "manual",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.type === "opaqueredirect")
        throw new Error("The service answered with a redirect, which is not followed.");
      const text = await response.text();
      const milliseconds = performance.now() - begun;
      const from = `Answer of ${new URL(url).origin}`;
      const headers = [...response.headers];
      return { status: response.status, headers, body: text, milliseconds, from };
    } catch (error) {
      if (error instanceof Error && error.message.includes("redirect")) throw error;
      throw new Error(await explain(url, error));
    }
  }

  // -- The answer ----------------------------------------------------------------------------

  /** @param {string} text */
  const report = (text) => {
    status.textContent = text;
    const shown = find(".mlt-api-explorer__progress");
    if (shown) shown.textContent = text;
  };

  /** @param {(Node | string)[]} parts */
  const show = (...parts) => {
    result.hidden = false;
    result.replaceChildren(...parts);
  };

  /** @param {Answer} answer */
  function present(answer) {
    const kind = String(answer.status)[0];
    const badge = make("strong", {
      className: `mlt-openapi-status mlt-openapi-status-${kind}`,
      textContent: String(answer.status),
    });
    const time =
      answer.milliseconds === undefined
        ? ""
        : ` in ${Math.max(1, Math.round(answer.milliseconds))} ms`;
    const head = make(
      "p",
      { className: "mlt-api-explorer__head" },
      badge,
      make("span", { textContent: `${answer.from}${time}` }),
    );
    const tall = answer.body.length > LONGEST;
    const text = tall ? answer.body.slice(0, LONGEST) : layout(answer.body);
    /** @type {HTMLElement[]} */
    const parts = [head, block(text || "(no body)", "Body of the answer")];
    if (tall) parts.push(make("p", { textContent: `The first ${LONGEST} characters are shown.` }));
    if (answer.limit) {
      const link = make("a", { href: answer.limit, textContent: "What it is, and what to do" });
      parts.push(make("p", {}, "This is a known limit of the release. ", link, "."));
    }
    if (answer.headers.length) {
      const list = make("dl");
      for (const [name, value] of answer.headers) {
        list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
      }
      const title = `Headers (${answer.headers.length})`;
      parts.push(make("details", {}, make("summary", { textContent: title }), list));
    } else if (answer.milliseconds === undefined) {
      parts.push(
        make("p", {
          className: "mlt-api-explorer__note",
          textContent: "Headers and duration are not part of this recording.",
        }),
      );
    }
    show(...parts);
    status.textContent = `${answer.status}. ${answer.from}${time}`;
  }

  /** @param {string} value @param {string} words */
  const offer = (value, words) => {
    const button = make("button", {
      type: "button",
      className: "mlt-api-explorer__button",
      textContent: words,
    });
    button.onclick = () => {
      /** @type {HTMLInputElement} */ (find(`[name=mode][value=${value}]`)).checked = true;
      describe();
      (value === "own" ? address : send).focus();
    };
    return button;
  };

  /** @param {string} message @param {Node[]} more */
  function refuse(message, ...more) {
    show(
      make("p", { className: "mlt-api-explorer__head", textContent: message }),
      ...(more.length ? [make("p", { className: "mlt-api-explorer__actions" }, ...more)] : []),
    );
    status.textContent = message;
  }

  let turn = 0;
  async function submit() {
    const mine = ++turn;
    const asked = request();
    const { kind } = chosen();
    const way = mode();
    if (way === "recorded") {
      const answer = recorded(asked);
      if (answer) present(answer);
      else {
        const more = kind.runs ? [offer("browser", "Run it in this browser")] : [];
        const words = "Nobody sent this request when the answers were recorded.";
        refuse(words, ...more, offer("own", "Ask my own service"));
      }
      return;
    }
    if (way === "browser" && !kind.runs) return refuse("This service is recorded only.");
    if (way === "own") {
      const wrong = checkAddress();
      complain("address", wrong);
      if (wrong) return address.focus();
    }
    const wrong = asked.headers.find(
      ([name, value]) => !/^[\x21-\x7e]+$/.test(name) || !/^[\x20-\x7e]+$/.test(value),
    );
    if (wrong) return refuse("A header has a name and a value, both of plain characters.");
    show(make("p", { className: "mlt-api-explorer__progress", textContent: "Sending …" }));
    try {
      const answer = way === "own" ? await own(asked) : await engine.ask(kind.name, asked);
      const from = "Answer of the generated application, run by your browser";
      if (mine === turn) present({ ...answer, from: answer.from ?? from });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (mine === turn) refuse(text, offer("recorded", "Back to recorded answers"));
    }
    describe();
  }

  // -- Start ---------------------------------------------------------------------------------

  service.onchange = () => {
    showService();
    remember();
  };
  operation.onchange = () => {
    showOperation();
    remember();
  };
  example.onchange = fill;
  form.addEventListener("input", (event) => {
    if (event.target === body) checkBody();
    if (event.target === address) {
      complain("address", "");
      try {
        if (address.value.trim()) localStorage.setItem(ADDRESS, address.value.trim());
        else localStorage.removeItem(ADDRESS);
      } catch {
        // Storage may be switched off: the address then stays on this page only.
      }
    }
    describe();
  });
  form.onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  body.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  const copy = /** @type {HTMLButtonElement} */ (find("[data-copy]"));
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(curl());
      copy.textContent = "Copied";
      status.textContent = "The command is copied";
    } catch {
      getSelection()?.selectAllChildren(find("#api-explorer-curl"));
      status.textContent = "The command is selected";
    }
    setTimeout(() => {
      copy.textContent = "Copy";
    }, 2000);
  };
  try {
    address.value = localStorage.getItem(ADDRESS) ?? "";
  } catch {
    address.value = "";
  }
  // The address names a row of the list below, where browsers go: come back from there.
  const arrive = () => {
    root.scrollIntoView();
    service.focus({ preventScroll: true });
  };
  addEventListener("hashchange", () => recall() && arrive());
  if (!recall()) showService();
  else if (document.readyState === "complete") arrive();
  else addEventListener("load", () => setTimeout(arrive));
})();
