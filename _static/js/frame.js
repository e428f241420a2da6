/**
 * What the frame of a page does better with a script: drawers that close with Escape and keep the
 * focus, a theme switch that says its state, the progress of reading where CSS cannot show it,
 * blocks that appear as the reader comes to them, and scrolling blocks that the keyboard reaches.
 * Everything is readable without it. A classic script, deferred.
 */
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * A drawer, as long as it lies over the page.
   * @param {string} id of its switch
   * @param {string} drawer
   * @param {string} others what cannot be reached while it is open
   * @param {string} narrow the width below which it is one
   */
  const drawer = (id, drawer, others, narrow) => {
    const box = document.getElementById(id);
    const panel = document.querySelector(drawer);
    if (!(box instanceof HTMLInputElement) || !panel) return;
    const over = matchMedia(narrow);
    const update = () => {
      const open = box.checked && over.matches;
      for (const other of document.querySelectorAll(others)) other.toggleAttribute("inert", open);
      if (open) panel.querySelector("a")?.focus({ focusVisible: false });
    };
    const close = () => {
      box.checked = false;
      update();
    };
    box.addEventListener("change", update);
    over.addEventListener("change", close);
    panel.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("a[href]")) close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !box.checked || !over.matches) return;
      close();
      box.focus();
    });
    update();
  };
  drawer("__navigation", ".sidebar-drawer", ".main", "(max-width: 63em)");
  drawer("__toc", ".toc-drawer", ".content, .sidebar-drawer", "(max-width: 82em)");

  const toggle = document.querySelector(".theme-toggle");
  const name = toggle?.getAttribute("aria-label");
  const sayTheme = () => {
    const theme = document.body.dataset.theme ?? "auto";
    const words = theme === "auto" ? "as the system" : theme;
    toggle?.setAttribute("aria-label", `${name}: ${words}`);
    toggle?.setAttribute("title", `${name}: ${words}`);
    const scheme = document.querySelector('meta[name="color-scheme"]');
    scheme?.setAttribute("content", theme === "auto" ? "light dark" : theme);
    if (theme === "auto") return;
    const colour = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.setAttribute("content", colour);
    }
  };
  sayTheme();
  new MutationObserver(sayTheme).observe(document.body, { attributeFilter: ["data-theme"] });

  const bar = document.querySelector(".mlt-progress__bar");
  if (bar instanceof HTMLElement && !CSS.supports("animation-timeline", "scroll()")) {
    const read = () => {
      const length = document.documentElement.scrollHeight - innerHeight;
      bar.style.transform = `scaleY(${length > 0 ? Math.min(1, scrollY / length) : 1})`;
    };
    if (!calm.matches) addEventListener("scroll", read, { passive: true });
  }

  const later = document.querySelectorAll("[data-reveal], .mlt-reveal");
  if (later.length && !calm.matches && "IntersectionObserver" in window) {
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting || !(target instanceof HTMLElement)) continue;
          target.dataset.reveal = "shown";
          watcher.unobserve(target);
        }
      },
      { rootMargin: "0px 0px -8% 0px" },
    );
    for (const element of later) {
      if (!(element instanceof HTMLElement)) continue;
      if (element.getBoundingClientRect().top < innerHeight) continue;
      element.dataset.reveal = "waiting";
      element.addEventListener("focusin", () => {
        element.dataset.reveal = "shown";
      });
      watcher.observe(element);
    }
  }

  // Reads all boxes before it writes: an attribute written in between costs a layout for each box.
  const sizes = new ResizeObserver((entries) => {
    const read = entries.map(({ target }) => ({
      target,
      scrolls:
        target.scrollWidth > target.clientWidth + 1 &&
        /auto|scroll/.test(getComputedStyle(target).overflowX),
    }));
    for (const { target, scrolls } of read) {
      if (scrolls && !target.hasAttribute("tabindex")) {
        target.setAttribute("tabindex", "0");
        target.setAttribute("data-scrolls", "");
      } else if (!scrolls && target.hasAttribute("data-scrolls")) {
        target.removeAttribute("tabindex");
        target.removeAttribute("data-scrolls");
      }
    }
  });
  const blocks = document.querySelectorAll("article pre, article .table-wrapper, .mlt-scroll");
  const measure = () => {
    for (const block of blocks) {
      sizes.unobserve(block);
      sizes.observe(block);
    }
  };
  measure();
  document.fonts.ready.then(measure); // the same box, but another font is wider
})();
