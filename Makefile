# Everything starts here: `make` lists it. The first run of `app` or `test` sets up .venv, once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

# A Python that TensorFlow has wheels for. Each is tried, since version managers leave commands
# that only print an error. `make PYTHON=/path/to/python app` chooses another.
CANDIDATES := python3.13 python3.12 python3.11 python3 python
IS_USABLE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for python in $(CANDIDATES); do \
	"$$python" -c '$(IS_USABLE)' >/dev/null 2>&1 && { command -v "$$python"; break; }; done)
endif

VENV := .venv
BIN := $(VENV)/bin
LOCKED := pyproject.toml requirements.txt requirements-dev.txt
SHARED := $(abspath ../shared/data)

export TF_CPP_MIN_LOG_LEVEL ?= 3
export TF_ENABLE_ONEDNN_OPTS ?= 0
ifneq ($(wildcard $(SHARED)/mnist.npz),)
export MNIST_NPZ ?= $(SHARED)/mnist.npz
endif
STROKES := $(firstword $(wildcard $(SHARED)/strokes/*.txt))
ifneq ($(STROKES),)
export UJI_STROKES ?= $(STROKES)
endif

.PHONY: help app test check lint format lowest audit train ablation experiments hands stress notebook mlflow benchmark docs site texts \
	screenshots lock clean

help:  ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

app: $(VENV)/.app  ## Start the app in the browser (sets up .venv the first time, minutes)
	$(BIN)/streamlit run streamlit_app/Home.py

test: $(VENV)/.dev  ## All tests, the slow ones and the browser too
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: lint  ## Format, lint, types, import rules, fast tests: what CI asks
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile -m "not slow and not browser"

lint: $(VENV)/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev  ## Bring every file into the one format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lowest: | $(BIN)/python  ## The fast unit tests at the lowest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --all-extras pyproject.toml >$(VENV)/lowest.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/lowest
	$(BIN)/uv pip install --quiet --python $(VENV)/lowest --requirements $(VENV)/lowest.txt
	$(VENV)/lowest/bin/python -m pytest -q -m "not slow and not browser" tests/unit tests/api

audit: | $(BIN)/python  ## Known vulnerabilities of the pinned packages (asks the package index)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	sed '/^-e /d' requirements-dev.txt >$(VENV)/pins.txt
	@$(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off \
		-r $(VENV)/pins.txt 2>$(VENV)/audit.log || { grep '^Found' $(VENV)/audit.log || echo \
		"Nothing was audited: the advisories cannot be fetched from here ($(VENV)/audit.log)."; exit 1; }

SEEDS ?= 3
WORKERS ?= 1
PRECISION ?= float32
EXPERIMENT = $(BIN)/python -m training.experiments $(1) --seeds $(SEEDS) --workers $(WORKERS) \
	--precision $(PRECISION) $(PHOTOS:%=--photos %)

# oneDNN halves the time of a training step; the app's single tiles gain nothing by it.
train ablation experiments: export TF_ENABLE_ONEDNN_OPTS := 1

train: $(VENV)/.dev  ## Train with three seeds, ship the best (goes on where it stopped)
	$(call EXPERIMENT,recipe)
	$(BIN)/python -m training.export --from-run best --experiment recipe

ablation: $(VENV)/.dev  ## Leave out one part of the recipe a row (PHOTOS="folder folder" reads them too)
	$(call EXPERIMENT,ablation)

experiments: $(VENV)/.dev  ## Run all small experiments, the ablation too: hours on two cores
	for name in ablation architectures permuted optimizers augmentation sweep; do \
		$(call EXPERIMENT,$$name) || exit; \
	done

hands: $(VENV)/.dev  ## Read pen strokes of test writers digit by digit, into the model card
	$(BIN)/python -m training.hands

stress: $(VENV)/.dev  ## Read simulated photos of test digits by condition, into the model card
	$(BIN)/python -m training.stress

notebook: $(VENV)/.dev  ## Execute the notebook: minutes (NOTEBOOK_TILES=300 for a quick look)
	$(BIN)/jupytext --to ipynb training/notebooks/cnn_mnist.py
	$(BIN)/jupyter-execute --inplace training/notebooks/cnn_mnist.ipynb

mlflow: export MLFLOW_DISABLE_TELEMETRY := true
mlflow: export MLFLOW_LOGGING_LEVEL := ERROR
# Otherwise eight processes and over a gigabyte wait for jobs that nothing here asks for.
mlflow: export MLFLOW_SERVER_ENABLE_JOB_EXECUTION := false
mlflow: $(VENV)/.dev  ## The page of all training runs, http://127.0.0.1:5000
	@case "$$MLFLOW_TRACKING_URI" in http*) echo "They stand at $$MLFLOW_TRACKING_URI: open it."; exit;; esac; \
	echo "Open http://127.0.0.1:5000 to see the training runs; Ctrl-C ends it."; \
	$(BIN)/mlflow server --host 127.0.0.1 --port 5000 --workers 1 --uvicorn-opts --log-level=warning \
		--backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///training/runs/mlflow.db}"

benchmark: $(VENV)/.dev  ## Read a folder of labelled pictures: make benchmark PHOTOS=folder
	@test -n "$(PHOTOS)" || { echo "Expected a folder with a labels.csv: make benchmark PHOTOS=folder"; exit 2; }
	$(BIN)/digitscope benchmark "$(PHOTOS)" --headline

docs: $(VENV)/.dev  ## Write the generated parts of all documents; fails where a figure is out of date
	$(BIN)/python docs/build.py
	$(BIN)/python -m training.run_records.currency

site: $(VENV)/.dev  ## Build the documents as a site in build/site; fails on any broken link or reference
	$(BIN)/python docs/build_site.py

CATALOGUES := -D digitscope -d streamlit_app/locale
texts: $(VENV)/.dev  ## Bring new texts of the app into the catalogues, and compile them
	$(BIN)/pybabel -q extract -F streamlit_app/locale/babel.cfg --add-location=file --sort-by-file \
		--project=Digitscope --version=0 -o $(VENV)/digitscope.pot .
	$(BIN)/pybabel -q update -i $(VENV)/digitscope.pot $(CATALOGUES) -w 100 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile $(CATALOGUES)

screenshots: $(VENV)/.dev  ## Photograph the app in Chromium (artifacts/screenshots, README's picture)
	$(BIN)/python -m pytest -q tests/app/test_screens.py
	cp artifacts/screenshots/{app.png,numbers.png,drawing.webp} docs/pictures/

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--no-header --annotation-style line pyproject.toml
define LOCK_HEADER
-e .
# Written by `make lock` from pyproject.toml: every package, exact, for Python 3.11 to 3.13.
endef
export LOCK_HEADER

lock: | $(BIN)/python  ## Pin the newest packages that fit, in the three requirements files
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) --all-extras >$(VENV)/all.txt
	cp $(VENV)/all.txt $(VENV)/app.txt  # uv keeps the versions it finds in the file it writes
	$(LOCK) --extra app --output-file $(VENV)/app.txt >/dev/null
	cp $(VENV)/all.txt $(VENV)/api.txt
	$(LOCK) --extra api --output-file $(VENV)/api.txt >/dev/null
	{ echo "$$LOCK_HEADER"; cat $(VENV)/all.txt; } >requirements-dev.txt
	{ echo "$$LOCK_HEADER"; cat $(VENV)/app.txt; } >requirements.txt
	{ echo "$$LOCK_HEADER"; cat $(VENV)/api.txt; } >requirements-api.txt

clean:  ## Remove .venv, caches and what tests left
	rm -rf $(VENV) build dist artifacts .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Expected Python 3.11, 3.12 or 3.13 (with venv). Received: none of $(CANDIDATES)." \
		"Install one, or name one: make PYTHON=/path/to/python3.12"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.app: $(LOCKED) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: $(LOCKED) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.app
