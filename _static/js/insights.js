// Loads what counts, unless the reader's browser asks not to be tracked. Pages have this script
// only when conf.py sets insights_adapter.
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { globalPrivacyControl, doNotTrack } = navigator;
  const refused = globalPrivacyControl || doNotTrack === "1" || self.doNotTrack === "1";
  if (refused || !location.protocol.startsWith("http")) return;
  const script = document.createElement("script");
  script.src = new URL("../insights/events.js", own.src).href;
  Object.assign(script.dataset, own.dataset);
  document.head.append(script);
})();
