# Each target is a line of cargo or a script in deploy/. The two that matter: `make run`, `make test`.

DATA ?= var/demo
CARGO ?= cargo
# OFFLINE=1 dials nothing but loopback: the bundled newsroom flows, the real feeds back off.
OFFLINE_FLAG = $(if $(filter-out 0,$(OFFLINE)),--offline)

.PHONY: run test lint bench chaos require help

help:
	@echo "make run     build, then run the whole pipeline with the bundled newsroom (OFFLINE=1: loopback only)"
	@echo "make test    lints and all tests"
	@echo "make bench   speed and memory, printed"
	@echo "make chaos   the long forms of the kill tests"

require:
	@deploy/require.sh cargo gcc g++ make perl

run: require
	$(CARGO) build --release --locked -p copydesk
	@mkdir -p $(DATA)
	@target/release/copydesk run --newsroom --feeds config/feeds.opml --data-dir $(DATA) $(OFFLINE_FLAG)

test: require lint
	$(CARGO) test --workspace --locked

lint:
	@deploy/require.sh cargo gcc g++ make perl rustfmt clippy
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

bench: require
	$(CARGO) build --release --locked -p copydesk
	$(CARGO) run --release --locked -p tests --bin bench

chaos: require
	$(CARGO) build --release --locked -p copydesk
	TEST_CHAOS=long $(CARGO) test --locked -p tests --test exactly_once -- --nocapture
