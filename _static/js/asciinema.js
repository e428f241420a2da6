/**
 * Plays terminal recordings. The transcript is complete when it comes; while it plays, the
 * pieces that are still to come are hidden. A recording that moves the cursor plays in
 * asciinema-player instead, loaded when the reader asks for it.
 * A classic script: browsers refuse modules in a page that is opened from disk.
 */
(() => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

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

  /** @param {number} seconds */
  const clock = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  /**
   * @param {HTMLElement} figure
   * @param {HTMLElement} screen
   * @param {HTMLElement} controls
   */
  function enhance(figure, screen, controls) {
    const pieces = [
      .../** @type {NodeListOf<HTMLElement>} */ (screen.querySelectorAll("[data-t]")),
    ];
    const starts = pieces.map((piece) => Number(piece.dataset.t));
    const texts = pieces.map((piece) => (piece.dataset.end ? (piece.textContent ?? "") : ""));
    const length = Number(figure.dataset.duration);
    const initial = Number(figure.dataset.speed);
    let time = length;
    let last = 0;
    let frame = 0;

    const button = make("button", { type: "button", className: "mlt-asciinema__play" });
    const end = String(Math.ceil(length * 2) / 2);
    const seek = make("input", { type: "range", min: "0", max: end, step: "0.5" });
    seek.ariaLabel = "Position";
    const shown = make("span", { className: "mlt-asciinema__time" });
    const rates = [...new Set([0.5, 1, 1.5, 2, initial])].sort((a, b) => a - b);
    const speed = make(
      "select",
      { ariaLabel: "Speed" },
      ...rates.map(
        (rate) => new Option(`${rate}×`, String(rate), rate === initial, rate === initial),
      ),
    );
    const copy = make("button", { type: "button", textContent: "Copy" });
    copy.title = "Copy commands";
    copy.ariaLabel = copy.title;

    /** @param {boolean} follow */
    const draw = (follow) => {
      let current;
      for (const [index, piece] of pieces.entries()) {
        const start = starts[index] ?? 0;
        const text = texts[index];
        const later = start > time;
        piece.classList.toggle("mlt-asciinema__later", later);
        if (!later) current = piece;
        if (!text) continue;
        const typed = Math.ceil(
          ((time - start) / (Number(piece.dataset.end) - start)) * text.length,
        );
        if (later || typed >= text.length) piece.textContent = text;
        else {
          const rest = make("span", { className: "mlt-asciinema__later" }, text.slice(typed));
          piece.replaceChildren(text.slice(0, typed), rest);
        }
      }
      if (follow && current) {
        const below = current.getBoundingClientRect().bottom - screen.getBoundingClientRect().top;
        screen.scrollTop += below - screen.clientHeight + 16;
      }
      seek.value = time < length ? String(time) : end;
      seek.ariaValueText = `${Math.round(time)} of ${Math.round(length)} seconds`;
      shown.textContent = `${clock(time)} / ${clock(length)}`;
      button.textContent = frame ? "Pause" : "Play";
      figure.toggleAttribute("data-playing", frame > 0);
    };
    const stop = () => {
      cancelAnimationFrame(frame);
      frame = 0;
    };
    /** @param {number} now */
    const tick = (now) => {
      time += Math.max(0, (now - last) / 1000) * Number(speed.value);
      last = now;
      if (time < length) frame = requestAnimationFrame(tick);
      else {
        time = length;
        stop();
      }
      draw(true);
    };
    const toggle = () => {
      if (frame) stop();
      else if (calm.matches) time = length;
      else {
        if (time >= length) time = 0;
        last = performance.now();
        frame = requestAnimationFrame(tick);
      }
      draw(true);
    };

    button.onclick = toggle;
    seek.oninput = () => {
      time = Math.min(length, Number(seek.value));
      draw(true);
    };
    screen.onkeydown = (event) => {
      if (event.key !== " " || event.target !== screen) return;
      event.preventDefault();
      toggle();
    };
    copy.onclick = async () => {
      await navigator.clipboard.writeText(texts.filter(Boolean).join("\n"));
      copy.textContent = "Copied";
      copy.ariaLabel = "Commands copied";
      setTimeout(() => {
        copy.textContent = "Copy";
        copy.ariaLabel = copy.title;
      }, 2000);
    };
    copy.ariaLive = "polite";
    copy.hidden = !navigator.clipboard || !texts.some(Boolean);
    controls.append(button, seek, shown, speed, copy);
    draw(false);
    if ("autoplay" in figure.dataset && !calm.matches) {
      const watch = new IntersectionObserver(
        ([entry]) => {
          if (!entry?.isIntersecting) return;
          watch.disconnect();
          if (!frame && time === length) toggle();
        },
        { threshold: 0.5 },
      );
      watch.observe(figure);
    }
  }

  /**
   * @param {HTMLElement} element
   * @returns {Promise<unknown>}
   */
  const loaded = (element) =>
    new Promise((resolve, reject) => {
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });

  /**
   * @param {HTMLElement} figure
   * @param {HTMLElement} screen
   * @param {HTMLElement} controls
   */
  function offerPlayer(figure, screen, controls) {
    const button = make("button", { type: "button", textContent: "Play" });
    button.onclick = async () => {
      button.disabled = true;
      try {
        await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // an empty module
      } catch {
        button.replaceWith("The security policy of this page does not let the player run.");
        return;
      }
      const base = new URL("../vendor/asciinema-player/asciinema-player.", here).href;
      // The player reads its colours when it is made: its style sheet comes first.
      await loaded(make("link", { rel: "stylesheet", href: `${base}css` }));
      await loaded(make("script", { src: `${base}min.js` }));
      const place = make("div", { role: "group", ariaLabel: screen.ariaLabel });
      screen.before(place);
      screen.hidden = true;
      controls.hidden = true;
      const { AsciinemaPlayer } = /** @type {any} */ (window);
      AsciinemaPlayer.create(figure.dataset.cast, place, {
        autoPlay: !calm.matches,
        speed: Number(figure.dataset.speed),
        fit: "width",
        terminalFontFamily: getComputedStyle(screen.children[0] ?? screen).fontFamily,
      });
    };
    controls.append(button);
  }

  for (const figure of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-asciinema]")
  )) {
    const screen = /** @type {HTMLElement} */ (figure.querySelector("[tabindex]"));
    const controls = /** @type {HTMLElement} */ (figure.querySelector("[data-controls]"));
    (figure.dataset.cast ? offerPlayer : enhance)(figure, screen, controls);
  }
})();
