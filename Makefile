# The one door. Every target works from a clean clone on Debian 12 with Swift 6.3, git and apt.

SWIFT ?= swift
STRICT := --explicit-target-dependency-import-check error
# What Package.swift says of it. The commands that share .build/debug say the same, or each would build anew.
OPTIMIZED := OPTIMIZE_PURE=1
SCRATCH := $(if $(SANITIZE),--scratch-path .build-$(SANITIZE) --sanitize $(SANITIZE),)
# What the test run tells of itself, for the count of what it skipped.
EVENTS := $(if $(SANITIZE),.build-$(SANITIZE),.build)/test-events.jsonl
MUTEX := $(if $(filter thread,$(SANITIZE)),.build-thread/mutex.so,)
# More tests at once than this only wait for each other, until one that watches a clock gives up.
WIDTH ?= $(shell expr 4 \* $$(nproc))
FORMATTED := Package.swift Sources Tests Fuzz/Package.swift Fuzz/Sources Benchmarks/Package.swift Benchmarks/Sources \
	Examples/Package.swift Examples/Sources

.PHONY: help setup setup-tests libraries build install web test lint format readme docs demo fuzz bench load siege kill-test check clean

help:            ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup:           ## install what is missing of the system: libraries of the build, curl
	@scripts/setup

setup-tests:     ## install what only the tests need: Chromium, nginx and others; packages of PyPI in .venv
	@scripts/setup --tests

# Whatever compiles says in one sentence what is missing, before a compiler does in a hundred.
libraries:
	@scripts/setup --check

build: libraries ## the programs, optimised, in .build/release
	$(SWIFT) build -c release $(STRICT)

install: libraries ## one file with the Swift runtime inside, to DESTDIR and PREFIX (/usr/local); with the systemd unit
	@scripts/install

# Swift alone makes it; Node tests it: node --test web/tests/*.test.js
web: .build/embed-text ## assay.js, joined from web/assay, in .build/web, with the files beside it that others load
	.build/embed-text copies web .build/web

.build/embed-text: $(wildcard Sources/embed-text/*.swift)
	@mkdir -p $(@D)
	$(SWIFT)c -swift-version 6 -parse-as-library -o $@ $^

test: libraries $(MUTEX) ## all tests; SANITIZE=thread or address runs them under that sanitizer, FILTER=… some of them
	@rm -f $(EVENTS)
	LSAN_OPTIONS=suppressions=$(CURDIR)/scripts/leaks-of-the-toolchain:print_suppressions=0 \
		ASAN_OPTIONS=suppressions=$(CURDIR)/scripts/faults-of-the-toolchain:quarantine_size_mb=32 \
		SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(WIDTH) $(if $(MUTEX),LD_PRELOAD=$(CURDIR)/$(MUTEX),) \
		$(OPTIMIZED) $(SWIFT) test $(STRICT) $(SCRATCH) $(if $(FILTER),--filter '$(FILTER)',) \
		--event-stream-output-path $(EVENTS) --event-stream-version 0; \
		code=$$?; scripts/count-skips $(EVENTS); exit $$code

.build-thread/mutex.so: scripts/mutex-for-thread-sanitizer.c
	@mkdir -p $(@D)
	clang -shared -fPIC -O2 -o $@ $<

lint:            ## formatting, what the pure targets may not do, and clauses that are cited
	$(SWIFT) format lint --strict --recursive --parallel $(FORMATTED)
	@scripts/lint-purity
	@scripts/lint-clauses
	@scripts/lint-clauses-can-fail

format:          ## format every Swift file in place
	$(SWIFT) format format --in-place --recursive --parallel $(FORMATTED)

readme: libraries ## write the configuration table into the README
	$(OPTIMIZED) $(SWIFT) build $(STRICT) --product assay
	@scripts/readme-table .build/debug

docs: libraries  ## the documentation of the libraries for other programs, in .build/documentation
	@scripts/docs

demo:            ## simulate a world and judge its quotes, by hand and over HTTP; KEEP=1 leaves the service running
	@scripts/demo

fuzz: libraries  ## fuzz every parser for FUZZ_SECONDS (default 600) each, then decisions by FUZZ_EDITS; or one with TARGET=quote
	@scripts/fuzz

bench: libraries ## parse, cold, new platform and warm verification against one P-256 verification
	@scripts/bench

load: libraries  ## requests per second, latency and CPU per request of the service (needs wrk)
	@Benchmarks/load/run

siege:           ## attack a service of one's own on loopback and say what held; SECONDS_EACH (60), SHORT=1, ONLY=…, PROGRAMS=folder
	@python3 Tests/siege $(if $(SECONDS_EACH),--seconds $(SECONDS_EACH),) $(if $(SHORT),--short,) \
		$(if $(ONLY),--only '$(ONLY)',) $(if $(PROGRAMS),--binary-dir '$(PROGRAMS)',)

kill-test: libraries ## end the service KILLS times (1000) at random, with a full disk, a read-only one, a lost state.db in between
	@scripts/kill-test $(KILLS)

check: setup setup-tests lint test ## what CI runs

clean:
	rm -rf .build .build-* Fuzz/.build Fuzz/corpus Benchmarks/.build Examples/.build
