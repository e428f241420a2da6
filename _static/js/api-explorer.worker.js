/**
 * Runs the services that MLTrack generates: CPython in WebAssembly, FastAPI and Pydantic, and the
 * applications themselves. Messages in: {id, question}. Out: {progress}, {ready}, {failed}, and
 * {id, answer} or {id, error}. Nothing leaves the browser.
 */
(() => {
  const home = new URL("../", self.location.href);
  const pyodide = new URL("vendor/pyodide/", home);
  const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const FORBIDDEN =
    "The security policy of this site forbids WebAssembly: its script-src needs 'wasm-unsafe-eval'";

  /** @param {unknown} error */
  const words = (error) => {
    const text = error instanceof Error ? error.message : String(error);
    return text.trim().slice(-800);
  };

  /** @param {string} progress */
  const report = (progress) => postMessage({ progress });

  /** @param {URL} url */
  async function fetched(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
    return response;
  }

  /** Throw what a policy says before anything is loaded: Pyodide would wait for ever. */
  function allowed() {
    try {
      new WebAssembly.Module(EMPTY);
    } catch {
      throw new Error(FORBIDDEN);
    }
  }

  async function start() {
    allowed();
    report("Loading Python");
    const packages = fetched(new URL("packages.zip", pyodide)).then((it) => it.arrayBuffer());
    const text = await (await fetched(new URL("api-explorer/services.json", home))).text();
    const bundle = JSON.parse(text);
    const wheel = fetched(new URL(bundle.wheel, pyodide)).then((it) => it.arrayBuffer());
    const { loadPyodide } = await import(new URL("pyodide.mjs", pyodide).href);
    const python = await loadPyodide({ indexURL: pyodide.href });
    report("Unpacking FastAPI and Pydantic");
    const version = python.runPython("import sys; '%d.%d' % sys.version_info[:2]");
    const site = { extractDir: `/lib/python${version}/site-packages` };
    python.unpackArchive(await packages, "zip", site);
    python.unpackArchive(await wheel, "wheel", site);
    report("Starting the applications");
    for (const [name, text] of Object.entries(bundle.browser)) {
      python.FS.writeFile(`${site.extractDir}/${name}`, text);
    }
    python.globals.set("bundle", text);
    return python.runPython(
      "import json, engine, fastapi\nengine.Engine(json.loads(bundle)).answer",
    );
  }

  const started = start();
  started.then(
    () => postMessage({ ready: true }),
    (error) => postMessage({ failed: words(error) }),
  );
  self.onmessage = async ({ data }) => {
    const { id, question } = data;
    try {
      const answer = await started;
      postMessage({ id, answer: JSON.parse(await answer(JSON.stringify(question))) });
    } catch (error) {
      postMessage({ id, error: words(error) });
    }
  };
})();
