# Thin: every target is a script in .ci/, which also runs on its own.

.DEFAULT_GOAL := help
.PHONY: help run build watch test end2end lint fmt bench coverage torture clean

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: ## build if anything changed, then serve on http://127.0.0.1:3000 with data under data/
	@.ci/start

build: ## build the release; the last line is the path of the binary
	@.ci/build

watch: ## for developers: rebuild and reload on every change
	@.ci/watch

test: ## every test, the browser's too
	@.ci/test

end2end: ## the browser's tests alone
	@.ci/end2end

lint: ## format, pictures and warnings, as CI checks them
	@.ci/lint

fmt: ## format the source, draw the pictures again
	@cargo fmt --all
	@node style/art/draw.mjs

bench: ## the release's bytes against their budget, its start-up time and memory
	@.ci/bench

coverage: ## the share of lines that the tests run, of each crate
	@.ci/coverage

torture: ## kill the release 100 times on each database while learners work
	@.ci/torture

clean: ## remove what was built from this checkout (data/ and the cache stay)
	@rm -rf target end2end/artifacts end2end/test-results
	@echo "kept: data/, node_modules/ and $${MITOCHI_CACHE:-~/.cache/mitochi}"
