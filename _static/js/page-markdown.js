// Copies a page as Markdown. A page opened from disk may not read the file beside it, and without
// encryption there is no clipboard: then the link to it is all there is.
(() => {
  const row = document.querySelector(".mlt-page-markdown");
  const button = row?.querySelector("button");
  const link = row?.querySelector("a");
  const label = button?.querySelector("span");
  const status = row?.querySelector("[role=status]");
  if (!button || !link || !label || !status) return;
  if (!location.protocol.startsWith("http") || !navigator.clipboard) {
    button.remove();
    return;
  }
  const resting = label.textContent;
  let timer = 0;

  /**
   * Show what happened, and say it.
   * @param {string} state
   * @param {string | null} word
   * @param {string} sentence
   */
  const show = (state, word, sentence) => {
    button.style.minInlineSize = `${button.offsetWidth}px`;
    button.dataset.state = state;
    label.textContent = word;
    status.textContent = sentence;
  };

  const read = async () => {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    return new Blob([await answer.text()], { type: "text/plain" });
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    clearTimeout(timer);
    status.textContent = "";
    try {
      // Safari only takes what is promised while it handles the click.
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": read() })]);
      show("copied", "Copied", "Page copied as Markdown");
    } catch {
      show("failed", "Failed", "The page could not be copied. Open it as Markdown instead.");
    }
    timer = setTimeout(() => show("", resting, ""), 3000);
  });
})();
