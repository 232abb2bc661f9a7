# The one door. Every target works from a clean clone on Debian 12 with Swift 6.3, git and apt.

SWIFT ?= swift
STRICT := --explicit-target-dependency-import-check error
SCRATCH := $(if $(SANITIZE),--scratch-path .build-$(SANITIZE) --sanitize $(SANITIZE),)
FORMATTED := Package.swift Sources Tests Fuzz/Package.swift Fuzz/Sources Benchmarks/Package.swift Benchmarks/Sources

.PHONY: help setup build test lint format demo fuzz bench check clean

help:            ## what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup:           ## install the system libraries that are missing
	@scripts/setup

build:           ## the programs, optimised, in .build/release
	$(SWIFT) build -c release $(STRICT)

test:            ## all tests; SANITIZE=thread or address runs them under that sanitizer
	LSAN_OPTIONS=suppressions=$(CURDIR)/scripts/leaks-of-the-toolchain:print_suppressions=0 \
		$(SWIFT) test $(STRICT) $(SCRATCH)

lint:            ## formatting, and what the pure targets may not do
	$(SWIFT) format lint --strict --recursive --parallel $(FORMATTED)
	@scripts/lint-purity

format:          ## format every Swift file in place
	$(SWIFT) format format --in-place --recursive --parallel $(FORMATTED)

demo:            ## simulate a platform and judge it: an accept, a debug TD, a forged quote
	@scripts/demo

fuzz:            ## fuzz every parser for FUZZ_SECONDS (default 600) each, or one with TARGET=quote
	@scripts/fuzz

bench:           ## parse, cold, new platform and warm verification against one P-256 verification
	@scripts/bench

check: setup lint test   ## what CI runs

clean:
	rm -rf .build .build-* Fuzz/.build Fuzz/corpus Benchmarks/.build
