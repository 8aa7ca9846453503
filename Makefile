# Everything a person does with this clone. What a target does is in infra/scripts, a file each.
export STREAMING_HOME ?= $(CURDIR)/.streaming

# Servers named on make's command line are used instead of our own. The environment does not count: a variable left over in a shell
# must not send a stack's data elsewhere.
named = $(if $(filter command,$(firstword $(origin $1))),$($1))
conformance: export NUMBERS := $(call named,NUMBERS)
conformance: export KAFKA_BOOTSTRAP := $(call named,KAFKA_BOOTSTRAP)
up run chaos: export STREAMING_KAFKA := $(call named,KAFKA_BOOTSTRAP)
up run: export STREAMING_REGISTRY := $(call named,SCHEMA_REGISTRY_URL)
up run: export STREAMING_DATABASE := $(call named,DATABASE_URL)
up run: export STREAMING_SEARCH := $(call named,SEARCH_URL)
up run: export STREAMING_LAKE := $(call named,LAKE_URL)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20
	@echo '  STREAMING_HOME=dir keeps data and addresses elsewhere; KAFKA_BOOTSTRAP=… SCHEMA_REGISTRY_URL=… DATABASE_URL=… SEARCH_URL=…'
	@echo '  after make up or make run use running servers, LAKE_URL=s3://bucket/path or another folder for the lake.'

run: ## set up, build, start everything, tell the story, stay up until Ctrl-C
	@infra/scripts/run.sh
up: ## start the same in the background; addresses in .streaming/addresses.env
	@infra/scripts/up.sh
down: ## stop it; data stays
	@infra/scripts/down.sh
demo: ## play the story against what is running; twice does no harm
	@infra/scripts/demo.sh
test: ## set up, build and run all tests
	@infra/scripts/test.sh
context: ## write a context of one's own: make context NAME=shipping [AGGREGATE=shipment]
	@infra/scripts/context.sh "$(NAME)" "$(AGGREGATE)"
consumer: ## write a consumer of one's own: make consumer NAME=order-status
	@infra/scripts/consumer.sh "$(NAME)"
pack: ## packages for a consumer in a repository of its own, in artifacts/packages (VERSION=)
	@infra/scripts/pack.sh "$(call named,VERSION)"
schemas: ## check that all versions of all contracts keep what was promised
	@infra/scripts/schemas.sh check
conformance: ## programs of others against the embedded broker, as docs/conformance.md says (NUMBERS="0011 0012", KAFKA_BOOTSTRAP=)
	@infra/scripts/conformance.sh
bench: ## measure; figures are in docs/benchmarks.md
	@infra/scripts/bench.sh
chaos: ## seeded faults against real processes: commands under load, 50 rounds of the sinks, 1 000 simulated ones (SEED=, SECONDS=120, ROUNDS=, SIMULATED=, KAFKA_BOOTSTRAP=)
	@infra/scripts/chaos.sh
soak: ## the tests that take minutes each: faults on Apache Kafka, a context and a consumer that are built
	@infra/scripts/soak.sh
setup: ## install, or name, what this machine lacks
	@infra/scripts/setup.sh
build: ## build the solution
	@infra/scripts/build.sh all
fmt: ## format the code as .editorconfig says
	@dotnet format Streaming.sln
memory: ## what the running stack takes, summed PSS
	@infra/scripts/memory.sh
clean: ## stop, and remove data and build output
	@infra/scripts/clean.sh

.PHONY: help run up down demo test context consumer pack schemas conformance bench chaos soak setup build fmt memory clean
