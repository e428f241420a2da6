/** The form that the line below a page opens: one to five, and a sentence. */
(() => {
  const ANSWERS = ["Not at all", "A little", "Partly", "Mostly", "Very"];
  const LONGEST = 300;

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

  /** @param {HTMLAnchorElement} link */
  self.mltFeedback = (link) => {
    const line = /** @type {HTMLElement} */ (link.closest(".mlt-insights"));
    if (line.hidden) return;
    const choices = ANSWERS.map((words, place) => {
      const value = String(place + 1);
      const radio = make("input", { type: "radio", name: "rating", value, required: "" });
      const number = make("b", {}, value);
      return make("label", { class: "mlt-feedback__choice" }, radio, number, ` ${words}`);
    });
    const legend = make("legend", { id: "mlt-feedback-question" }, "Was this page helpful?");
    const scale = make(
      "fieldset",
      { role: "radiogroup", "aria-labelledby": legend.id },
      legend,
      make("div", { class: "mlt-feedback__scale" }, ...choices),
    );
    const text = make("textarea", {
      id: "mlt-feedback-comment",
      rows: "2",
      maxlength: String(LONGEST),
      "aria-describedby": "mlt-feedback-hint",
    });
    const label = make("label", { for: text.id }, "What would make it better? (optional)");
    const hint = make(
      "p",
      { id: "mlt-feedback-hint", class: "mlt-feedback__hint" },
      "A sentence is enough. Leave out names, addresses and keys. For an answer, ",
      make("a", { href: link.href }, "open an issue"),
      ".",
    );
    const button = make("button", { type: "submit" }, "Send");
    const form = make("form", { class: "mlt-feedback" }, scale, label, text, hint, button);
    const status = make("p", { class: "mlt-feedback__status", role: "status", tabindex: "-1" });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const rating = Number(new FormData(form).get("rating"));
      button.disabled = true;
      status.textContent = "Sending…";
      if (await self.mltInsights.feedback(rating, text.value)) {
        form.remove();
        status.textContent = "Thank you. Your answer helps to make this page better.";
        status.focus();
        return;
      }
      button.disabled = false;
      const issue = make("a", { href: link.href }, "open an issue");
      status.replaceChildren("Your answer could not be sent. Try again later, or ", issue, ".");
    });
    line.hidden = true;
    line.after(form, status);
    form.querySelector("input")?.focus();
  };
})();
