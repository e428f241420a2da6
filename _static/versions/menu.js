/**
 * The menu of versions and the notice on pages that are not those of the current release. Both keep
 * the page and its section; where another version has no such page they say so and lead to its
 * start.
 */
self.mltVersions = (host, button, data, root) => {
  const CHECKED = 12; // versions that are asked for the page when the menu opens; the others later
  const STORED = "mlt-version-notice";
  const page = location.href.slice(root.href.length).split(/[?#]/)[0] ?? "";

  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Record<string, string>} attributes
   * @param {(Node | string)[]} children
   */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  /** @returns {Version[]} the versions of a tree */
  const fromTree = (/** @type {Tree} */ { stable, versions }) => {
    const tree = new URL("../", root);
    const here = decodeURIComponent(root.pathname.slice(tree.pathname.length, -1));
    return versions.map(({ name, kind, path }) => ({
      name,
      kind: name === stable ? "stable" : kind,
      url: new URL(path, tree),
      current: here === name || here === path.slice(0, -1),
    }));
  };

  /**
   * @param {string} type
   * @param {string} name
   * @returns {Version["kind"]} what Read the Docs does not say
   */
  const kindOf = (type, name) => {
    if (type !== "tag") return "development";
    return /\d[.-]?(a|b|rc|alpha|beta|dev|pre)/.test(name) ? "pre-release" : "release";
  };

  /** @returns {Version[]} the versions that Read the Docs knows */
  const fromHost = (/** @type {Hosted} */ { versions: { current, active } }) => {
    const stable = active.find(({ slug }) => slug === "stable");
    const release = stable?.ref ?? "stable";
    const all = active.some(({ slug }) => slug === current.slug) ? active : [current, ...active];
    return all
      .filter((each) => each === stable || each.slug !== release) // one release, two addresses
      .map((each) => {
        const name = each === stable ? release : each.verbose_name || each.slug;
        return {
          name,
          kind: each === stable ? "stable" : kindOf(each.type, name),
          url: new URL(each.urls.documentation, location.href),
          current: each.slug === current.slug || (each === stable && current.slug === release),
        };
      });
  };

  const versions = (
    Array.isArray(/** @type {Tree} */ (data).versions)
      ? fromTree(/** @type {Tree} */ (data))
      : fromHost(/** @type {Hosted} */ (data))
  ).filter(({ url }) => /^https?:$/.test(url.protocol));

  /** @type {Map<Version, Promise<boolean>>} */
  const asked = new Map();
  /** Whether a version has this page; yes when it cannot be known. */
  const has = (/** @type {Version} */ version) => {
    const known = asked.get(version);
    if (known) return known;
    const answer = fetch(new URL(page, version.url), { method: "HEAD" }).then(
      ({ status }) => status !== 404 && status !== 410,
      () => true,
    );
    asked.set(version, answer);
    return answer;
  };

  /**
   * Leads a link to this page and section in a version, or to its start.
   * @param {HTMLAnchorElement} link
   * @param {Version} version
   * @param {boolean} there
   */
  const lead = (link, version, there) => {
    const target = new URL(there ? page : "", version.url);
    if (there) target.hash = location.hash;
    link.href = target.href;
  };

  /**
   * Leads a link, asks the version for the page, and tells when it is not there.
   * @param {HTMLAnchorElement} link
   * @param {Version} version
   * @param {() => void} missing
   */
  const follow = (link, version, missing) => {
    let sure = false;
    const ask = async () => {
      const there = await has(version);
      sure = true;
      lead(link, version, there);
      if (!there) missing();
    };
    lead(link, version, true);
    link.addEventListener("click", async (event) => {
      lead(link, version, !link.dataset.missing);
      if (sure || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      await ask();
      location.assign(link.href);
    });
    addEventListener("hashchange", () => lead(link, version, !link.dataset.missing));
    return ask;
  };

  const NOTES = { stable: "current", development: "not released", "pre-release": "pre-release" };

  const entries = versions.map((version) => {
    const note = make("span", { class: "mlt-versions__note" });
    note.textContent = version.kind === "release" ? "" : NOTES[version.kind];
    const link = make("a", { class: "mlt-versions__link" }, make("span", {}, version.name), note);
    if (version.current) link.setAttribute("aria-current", "true");
    const ask = follow(link, version, () => {
      link.dataset.missing = "true";
      note.textContent = "has no such page: its start";
    });
    return { link, ask, current: version.current };
  });
  const panel = make(
    "nav",
    { class: "mlt-versions__panel", id: "mlt-versions", "aria-label": "Versions", hidden: "" },
    make("ul", {}, ...entries.map(({ link }) => make("li", {}, link))),
  );
  host.append(panel);
  button.setAttribute("aria-controls", panel.id);

  const show = (/** @type {boolean} */ open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    for (const { ask } of entries.filter(({ current }) => !current).slice(0, CHECKED)) ask();
  };
  const links = entries.map(({ link }) => link);
  host.addEventListener("keydown", (event) => {
    const { target } = event;
    const place = target instanceof HTMLAnchorElement ? links.indexOf(target) : -1;
    if (event.key === "Escape" && !panel.hidden) {
      show(false);
      button.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (panel.hidden) show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = place < 0 && step < 0 ? links.length - 1 : place + step;
      links[(next + links.length) % links.length]?.focus();
    }
  });
  host.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !host.contains(relatedTarget)) show(false);
  });
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Node && !host.contains(target)) show(false);
  });

  /** @returns {string[]} the versions whose notice the reader hid */
  const hidden = () => {
    try {
      const stored = JSON.parse(localStorage.getItem(STORED) ?? "[]");
      return Array.isArray(stored) ? stored : [];
    } catch {
      return [];
    }
  };

  const notice = () => {
    const here = versions.find(({ current }) => current);
    const stable = versions.find(({ kind }) => kind === "stable");
    if (!here || !stable || here === stable || hidden().includes(here.name)) return;
    const old = here.kind === "release";
    const link = make("a", {}, `Read this page in ${stable.name}`);
    const ask = follow(link, stable, () => {
      link.dataset.missing = "true";
      link.textContent = `${stable.name} has no such page: go to its start`;
    });
    const close = make("button", { type: "button", class: "mlt-notice__close" }, "Hide");
    close.setAttribute("aria-label", `Hide this notice for ${here.name}`);
    const words = old ? "is an old version" : "is not released";
    const bar = make(
      "aside",
      { class: "mlt-notice", "aria-label": "Version" },
      make("p", {}, `${here.name} ${words}. The current version is ${stable.name}. `, link),
      close,
    );
    close.addEventListener("click", () => {
      bar.remove();
      button.focus();
      try {
        localStorage.setItem(STORED, JSON.stringify([...hidden(), here.name]));
      } catch {
        // Storage is switched off: the notice comes back.
      }
    });
    document.querySelector(".mlt-header")?.after(bar);
    ask();
  };
  notice();

  return { toggle: () => show(!!panel.hidden) };
};
