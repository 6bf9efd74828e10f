# Every recipe is one line; what it does lives in tools/.
.PHONY: help setup run test check unit bench spark soak fmt clean
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## Create the environment, install locked packages, build browser files
	@python3 tools/setup.py run

run: ## Set up and start the whole product on http://localhost:8000 (PORT, REDRESS_DATA)
	@python3 tools/run.py

test: ## Everything: lint, types, architecture, unit, integration, web, browser
	@python3 tools/test.py all

check: ## As test, without browser and slow parts
	@python3 tools/test.py check

unit: ## Only the tests that need no server
	@python3 tools/test.py unit

bench: ## Timings against a bare page; the payout audit on each engine, with the same bytes
	@python3 tools/test.py bench

spark: ## Install the extra, test the payout audit on Spark, compare its bytes with DuckDB's (needs Java 17)
	@python3 tools/test.py spark

soak: ## Long proofs: kills, crashes, thousands of histories
	@python3 tools/test.py soak

fmt: ## Format and fix
	@python3 tools/test.py fmt

clean: ## Remove what set-up and tests made; the data folder stays
	@python3 tools/clean.py
