# One line a target; `make help` lists them. Everything runs in .venv, made from requirements/.
.DEFAULT_GOAL := help
.PHONY: help html serve test browser doctest linkcheck lock format lint types js casts casts-check http http-check exports exports-check compatibility inventory inventory-check intersphinx media media-check brand brand-check axe lighthouse notebooks notebooks-check first-deployment load insights insights-serve insights-load prose bump vendor bench-build htmlzip screenshots search-eval versions addresses addresses-check clean distclean
PYTHON ?= python3
SPHINX  = .venv/bin/python -m sphinx -c .
STRICT  = -nW --keep-going -j auto
DOCS    = .venv/docs.stamp
TEST    = .venv/test.stamp
EXPORTS = openapi cli_tree config_schema prices run_contents messages explorer

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
.venv/%.stamp: requirements/%.txt
	@$(PYTHON) tools/environment.py $*
html: $(DOCS)  ## Build the site into _build/html
	@$(SPHINX) $(STRICT) source _build/html && .venv/bin/python -m tools.announce _build/html/index.html
serve: $(TEST)  ## Build, serve on 127.0.0.1, rebuild on change
	.venv/bin/sphinx-autobuild -c . --host 127.0.0.1 --port 0 --open-browser --watch notebooks --watch _ext --watch _static --watch _templates --ignore '*/_build/*' source _build/serve
test: $(TEST) browser node_modules lint types js prose inventory-check media-check doctest  ## Run everything that CI runs
	.venv/bin/python -m tools.openapi --check
	.venv/bin/python -m tools.record --check --offline
	.venv/bin/python -m tools.notebooks --check boosting
	.venv/bin/python -m pytest -n 2 --dist loadfile || .venv/bin/python -m pytest --last-failed --last-failed-no-failures none
browser: $(TEST)
	@.venv/bin/python -m tools.browser
doctest: $(DOCS)  ## Run the examples in doctest blocks
	@$(SPHINX) -q -W -b doctest source _build/doctest
linkcheck: $(DOCS)  ## Check links to other sites (needs a network)
	$(SPHINX) -b linkcheck source _build/linkcheck
lint: $(TEST)  ## Check style: ruff
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
format: $(TEST) node_modules  ## Mend style: ruff and biome
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format . ; npx biome check --write .
types: $(TEST)  ## Check types: mypy --strict on _ext and tools
	.venv/bin/mypy
js: node_modules  ## Check JavaScript and CSS: biome and tsc
	npx biome check . && npx tsc
prose: $(TEST) node_modules  ## Check words, names, spelling and reading grade of the pages
	.venv/bin/python -m tools.prose
node_modules: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer. Only the tests need it, not 'make html'." >&2; exit 1; }
	npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules
casts: $(TEST)  ## Record the terminal sessions of tools/casts again
	.venv/bin/python -m tools.record
casts-check: $(TEST)  ## Replay all terminal sessions and compare (one needs a network)
	.venv/bin/python -m tools.record --check
http: $(TEST)  ## Send the requests of tools/http to the generated services again
	.venv/bin/python -m tools.http
http-check: $(TEST)  ## Send them again and compare
	.venv/bin/python -m tools.http --check
exports: $(TEST)  ## Export from the package: OpenAPI, commands, schema, prices, runs, messages, explorer
	@for tool in $(EXPORTS); do echo "tools.$$tool"; .venv/bin/python -m tools.$$tool || exit 1; done
exports-check: $(TEST)  ## Export again and compare
	@for tool in $(EXPORTS); do echo "tools.$$tool --check"; .venv/bin/python -m tools.$$tool --check || exit 1; done
compatibility: $(TEST)  ## Try versions of Python and MLflow (needs a network)
	.venv/bin/python -m tools.compatibility
inventory: $(TEST)  ## Export the package's names, commands, settings and messages
	.venv/bin/python -m tools.inventory
inventory-check: $(TEST)  ## Export again and compare
	.venv/bin/python -m tools.inventory --check
media: $(TEST) browser  ## Make posters, GIFs and videos again (needs ffmpeg)
	.venv/bin/python -m tools.media
media-check: $(TEST)  ## Compare media with budgets and recordings
	.venv/bin/python -m tools.media --check
axe: $(TEST) browser  ## Run axe on every page type, theme and width
	.venv/bin/python -m pytest -m axe tests/test_accessibility.py
notebooks: $(TEST)  ## Run the notebooks that need packages of their own, and store their outputs
	.venv/bin/python -m tools.notebooks
notebooks-check: $(TEST)  ## Run them again and compare (gigabytes of frameworks)
	.venv/bin/python -m tools.notebooks --check
first-deployment: $(TEST)  ## Follow the first service by its copy buttons and measure (needs a network)
	.venv/bin/python -m tools.first_deployment
load: $(TEST)  ## Measure the load that a service bears, when nothing else runs
	.venv/bin/python -m tools.load
insights: $(TEST)  ## Report what readers find and miss, into _build/insights
	.venv/bin/python -m tools.insights report
insights-serve: $(TEST)  ## Collect events on 127.0.0.1:8300
	.venv/bin/python -m tools.insights serve
insights-load: $(TEST)  ## Prove that the collector loses nothing when it is killed
	.venv/bin/python -m tools.insights load
lighthouse: html $(TEST) browser  ## Measure pages with Lighthouse, when nothing else runs
	@cd tools/lighthouse && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
	.venv/bin/python -m tools.lighthouse
brand: $(TEST) browser  ## Draw icons and the ground of social cards again
	.venv/bin/python -m tools.brand
brand-check: $(TEST) browser  ## Draw them again and compare
	.venv/bin/python -m tools.brand --check
bump: $(TEST)  ## Move to a release of the package: make bump VERSION=0.3.0
	.venv/bin/python -m tools.bump "$(VERSION)"
lock:  ## Resolve requirements/*.in into locked, hashed lists
	@$(PYTHON) tools/lock.py
intersphinx: $(DOCS)  ## Fetch the objects.inv files in _inventories (needs a network)
	.venv/bin/python -m tools.intersphinx
vendor: $(TEST)  ## Refresh fonts, icons and the terminal player from npm packages
	.venv/bin/python -m tools.vendor
bench-build: $(TEST)  ## Measure builds beside plain Furo
	.venv/bin/python -m tools.bench_build
screenshots: $(TEST) browser html  ## Photograph pages in both themes at three widths
	.venv/bin/python -m tools.screenshots
search-eval: html $(TEST) browser  ## Ask the search all queries, beside two other engines (one needs a network)
	.venv/bin/python -m tools.search_eval --missed
htmlzip: html  ## Pack the site into _build/mltrack-docs.zip, to open from disk
	cd _build && rm -f mltrack-docs.zip && ../.venv/bin/python -m zipfile -c mltrack-docs.zip html
versions: $(DOCS)  ## Build every release and the branch into _build/versions
	.venv/bin/python -m tools.versions $(OPTIONS)
addresses: html  ## Add the site's addresses to the ledger of all that were published
	.venv/bin/python -m tools.addresses $(if $(RELEASE),--release $(RELEASE))
addresses-check: html  ## Fail if a published address is gone and nothing leads on
	.venv/bin/python -m tools.addresses --check
clean:  ## Remove what builds made; the notebooks' cache stays
	rm -rf _build/html _build/serve _build/doctest _build/linkcheck _build/doctrees
distclean:  ## Remove everything that is not in the repository
	rm -rf _build .venv .venv-lock .venvs node_modules tools/*/node_modules
