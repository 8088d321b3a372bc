# Moorage. `make run` serves an example, `make test` runs every test; CONTRIBUTING.md has the rest.

.DEFAULT_GOAL := help
.PHONY: help run room test check build bench soak image asan tsan fuzz coverage tidy format clean
SHELL := bash
JOBS ?= $(shell nproc)
export CTEST_OUTPUT_ON_FAILURE := 1

help: ## show the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

deps-build:
	@tools/setup/install.sh build
	@tools/setup/onnxruntime.sh

deps-test: deps-build
	@tools/setup/install.sh test image
	@tools/setup/python_env.sh e2e examples services

deps-check: deps-build
	@tools/setup/install.sh check
	@tools/setup/python_env.sh examples

# These build with clang or report with gcovr.
build/fuzz/build.ninja build/coverage/build.ninja build/tidy/build.ninja: deps-check

build/%/build.ninja: deps-build
	@test -f $@ || cmake --preset $*
.PRECIOUS: build/%/build.ninja

build: build/release/build.ninja ## build/release/moorage
	@cmake --build build/release --target moorage -j $(JOBS)

run: build ## serve the example model on http://127.0.0.1:8000
	@tools/run.sh

room: build/dev/build.ninja ## build and run the tests of one room: make room ROOM=http1
	@test -n "$(ROOM)" || { echo "make room ROOM=NAME; cmake/rooms.txt has the names" >&2; exit 64; }
	@cmake --build build/dev --target $(ROOM)_test -j $(JOBS) && build/dev/$(ROOM)_test --gtest_brief=1

test: deps-test build/release/build.ninja build/asan/build.ninja ## install what is missing and run every test
	@cmake --build build/release -j $(JOBS)
	@ctest --test-dir build/release -j $(JOBS)
	@cmake --build build/asan --target unit_tests -j $(JOBS)
	@ctest --test-dir build/asan -L unit -j $(JOBS)

asan: build/asan/build.ninja ## the unit tests under address and undefined sanitizers
	@cmake --build build/asan --target unit_tests -j $(JOBS) && ctest --test-dir build/asan -L unit -j $(JOBS)

tsan: build/tsan/build.ninja ## the unit tests under the thread sanitizer
	@cmake --build build/tsan --target unit_tests -j $(JOBS) && \
	  TSAN_OPTIONS=ignore_noninstrumented_modules=1 ctest --test-dir build/tsan -L unit -j $(JOBS)

fuzz: build/fuzz/build.ninja ## every fuzz target for a minute
	@cmake --build build/fuzz -j $(JOBS) && tools/fuzz.sh

coverage: build/coverage/build.ninja ## line coverage of the unit tests
	@cmake --build build/coverage --target unit_tests -j $(JOBS) && ctest --test-dir build/coverage -L unit -j $(JOBS)
	@gcovr --root . --filter src/ --exclude '.*_test\.cc' build/coverage

check: deps-check ## format, lint, layers, sizes, deployment files
	@tools/check/run.sh

tidy: deps-check ## clang-tidy over all production files
	@tools/check/tidy.sh src

format: deps-check ## format the C++ in place
	@git ls-files -co --exclude-standard '*.cc' '*.h' | xargs clang-format-19 -i

soak: deps-test build ## every hostile client at once against the program for five minutes
	@MOORAGE=build/release/moorage tests/fault/run.sh --seconds 300

bench: deps-test build ## measure against nginx and against the instruction baseline
	@bench/run.sh

image: ## build the container image
	@tools/image/build.sh

clean: ## remove what was built (downloads stay)
	@rm -rf build
