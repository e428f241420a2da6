// Says to assistive technology what a copy button shows: that it copied, or that it failed.
(() => {
  const resting = "Copy";
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target instanceof HTMLElement && target.matches("button.copybtn")) {
        const shown = target.dataset.tooltip ?? resting;
        status.textContent = shown === resting ? "" : shown;
      }
    }
  }).observe(document.body, { attributeFilter: ["data-tooltip"], subtree: true });
})();
