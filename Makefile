# Each target is a line of cargo or a script in deploy/. The two that matter: `make run`, `make test`.

DATA ?= var/demo
CARGO ?= cargo
# OFFLINE=1 dials nothing but loopback: the bundled newsroom flows, the real feeds back off.
OFFLINE_FLAG = $(if $(filter-out 0,$(OFFLINE)),--offline)

PROFILE ?= release

.PHONY: run trace test lint eval bench chaos kafka kafka-stop require help

help:
	@echo "make run     build, then run the whole pipeline with the bundled newsroom (OFFLINE=1: loopback only)"
	@echo "make trace   a local trace viewer, and the pipeline's traces in it"
	@echo "make test    lints and all tests"
	@echo "make eval    quality over the labelled data beside the project, held to its floors"
	@echo "make bench   speed and memory, printed"
	@echo "make chaos   the long forms of the kill tests"
	@echo "make kafka   a real Apache Kafka on loopback, data in var/kafka (KAFKA_NODES=3: three brokers)"
	@echo "make kafka-stop"
	@echo "TEST_KAFKA=skip make test: without the tests that need Apache Kafka (Java 17, Maven)"

require:
	@deploy/require.sh cargo gcc g++ make perl

run: require
	$(CARGO) build --release --locked -p copydesk
	@mkdir -p $(DATA)
	@target/release/copydesk run --newsroom --feeds config/feeds.opml --data-dir $(DATA) $(OFFLINE_FLAG)

# A trace viewer beside the pipeline; prints the address of one article's waterfall.
trace: require
	$(CARGO) build --release --locked -p copydesk
	@deploy/trace.sh

# Apache Kafka comes first: where it cannot be had, one line says so before anything is built.
test: require
	@[ "$(TEST_KAFKA)" = skip ] || deploy/kafka/kafka.sh fetch
	@$(MAKE) --no-print-directory lint
	$(CARGO) test --workspace --locked
	@[ "$(TEST_KAFKA)" != skip ] || echo "skipped: every test that needs Apache Kafka (TEST_KAFKA=skip)"

lint:
	@deploy/require.sh cargo gcc g++ make perl rustfmt clippy
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

# What measures and long tests run. The whole workspace with a test target, the cheapest there is, for the
# features that dependencies have in `cargo test --workspace`: without it most would be built a second time.
MEASURED = $(CARGO) build --locked --workspace --bin copydesk --test records

# PROFILE=dev beside the tests, with what they build: quality is the same.
eval: require
	$(MEASURED) --bin eval $(if $(filter release,$(PROFILE)),--release)
	$(if $(filter release,$(PROFILE)),target/release,target/debug)/eval

bench: require
	$(MEASURED) --bin bench --example throughput --release
	target/release/bench

chaos: require
	$(MEASURED) --release
	TEST_CHAOS=long $(CARGO) test --release --locked --workspace --test exactly_once -- --nocapture
	TEST_CHAOS=long $(CARGO) test --release --locked --workspace --test chaos -- --nocapture --test-threads 1
	TEST_SCHEDULES=100000 $(CARGO) test --release --locked --workspace --test model -- --nocapture

# 9092 where it is free. It outlives this terminal; what it holds stays in var/kafka.
kafka:
	@KAFKA_PORT=$${KAFKA_PORT:-9092} deploy/kafka/kafka.sh start var/kafka
	@echo "Apache Kafka answers; make kafka-stop ends it. To use it:"
	@echo "    COPYDESK_KAFKA__BOOTSTRAP_SERVERS=$$(cat var/kafka/bootstrap)"

kafka-stop:
	@deploy/kafka/kafka.sh stop var/kafka
