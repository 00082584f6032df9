# `make help` lists what there is. Everything installs what it needs; as an ordinary user it says what is missing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
TARGET := $(or $(CARGO_TARGET_DIR),target)
# Where `make test` finds the queries' descriptions: the committed ones, whatever the shell may point to.
export SQLX_OFFLINE ?= true

WEB_SOURCES := $(shell find frontend/src frontend/public frontend/build frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)

.PHONY: help
help: ## This list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# ---- running

.PHONY: run
run: setup-run web ## Build everything and serve it at http://localhost:8065 (settings: config/default.toml).
	cargo build --release --bin rustchat
	exec $(TARGET)/release/rustchat serve

.PHONY: dev
dev: setup-run frontend/node_modules/.package-lock.json ## Serve with hot reload: the web client at :5173, the server at :8065.
	@scripts/dev

# ---- testing, in the order in which failing is cheapest

.PHONY: test
test: setup-test test-format test-web lint-server test-docs test-server test-clients test-e2e ## Everything that must pass.
	@echo "All tests passed."

.PHONY: test-format
test-format:
	cargo fmt --all --check

.PHONY: lint
lint: lint-server lint-web ## Clippy, ESLint and the type checks.

.PHONY: lint-server
lint-server:
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check; fi

.PHONY: lint-web
lint-web: frontend/node_modules/.package-lock.json
	npm --prefix frontend run lint
	npm --prefix frontend run typecheck

.PHONY: test-web
test-web: lint-web ## The web client's unit tests.
	npm --prefix frontend test

.PHONY: test-docs
test-docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

.PHONY: test-server
test-server: ## The server's and the engine's tests.
	cargo test --workspace --locked

# `cargo test` leaves the server it tested in place; building it again without the tests' features would take minutes.
$(TARGET)/debug/rustchat:
	cargo test --workspace --locked --no-run

.PHONY: test-clients
test-clients: $(TARGET)/debug/rustchat ## Published Mattermost clients against a real server.
	tests/clients/run.sh

.PHONY: test-e2e
test-e2e: $(TARGET)/debug/rustchat web ## Two people in two real browsers against a real server.
	RUSTCHAT_BIN=$(abspath $(TARGET))/debug/rustchat npm --prefix frontend run e2e

.PHONY: bench
bench: setup-run web ## Measure; the figures and what they mean: docs/benchmarks.md.
	scripts/bench

# ---- building

.PHONY: web
web: frontend/dist/.built ## Build the web client.

frontend/dist/.built: frontend/node_modules/.package-lock.json $(WEB_SOURCES)
	npm --prefix frontend run build
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	npm ci --prefix frontend --no-audit --no-fund
	@touch $@

.PHONY: fmt
fmt: ## Format the Rust code.
	cargo fmt --all

.PHONY: prepare
prepare: ## Describe the SQL queries anew (.sqlx), after a query or a migration has changed.
	scripts/prepare

.PHONY: setup-run setup-test
setup-run setup-test: setup-%:
	@scripts/setup $*
