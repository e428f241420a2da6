/**
 * Answers from the site's own index. The engine works in a worker; a page opened from disk may
 * have none and asks the engine itself. What failed to load is tried again with the next query.
 */
(() => {
  const base = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src);

  /** @param {string} name */
  const script = (name) =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = new URL(name, base).href;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });

  /** @returns {Promise<Asked>} */
  const inPage = async () => {
    await script("worker.js");
    await script("index.js");
    return async (query, limit) => self.mltEngine.search(query, limit);
  };

  /** @returns {Promise<Asked>} */
  const inWorker = async () => {
    const worker = new Worker(new URL("worker.js", base));
    /** @type {Map<number, {resolve: (found: Found[]) => void, reject: (why: Error) => void}>} */
    const waiting = new Map();
    let last = 0;
    worker.onmessage = ({ data }) => {
      waiting.get(data.id)?.resolve(data.found);
      waiting.delete(data.id);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      engine = undefined;
      for (const { reject } of waiting.values()) reject(new Error(event.message));
    };
    return (query, limit) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        worker.postMessage({ id: last, query, limit });
      });
  };

  /** @type {Promise<Asked> | undefined} */
  let engine;
  self.mltAnswers = async (query, limit) => {
    engine ??= location.protocol === "file:" ? inPage() : inWorker();
    engine.catch(() => {
      engine = undefined;
    });
    return (await engine)(query, limit);
  };
})();
