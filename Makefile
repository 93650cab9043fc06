# Everything starts here: `make run` shows an answer and opens the page, `make test` runs every check. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

.PHONY: help setup run test lint check eval index clean

help: ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: $(READY) ## build .venv from pyproject.toml and constraints.txt

run: setup ## install, index, show one cited answer, open the page
	$(BIN)/assistant index
	$(BIN)/assistant ask "how long does enzyme infusion take?"
	$(BIN)/assistant ui

test: setup lint ## format, lint, types, tests with coverage
	$(BIN)/python -m pytest --cov --cov-report=term

lint: setup ## format check, lint and types alone
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: setup ## run the question sets and write the reports
	$(BIN)/assistant eval --split dev --report eval/reports
	$(BIN)/assistant eval --split test --report eval/reports

index: setup ## build or update the index
	$(BIN)/assistant index

clean: ## remove the virtual environment, the index and caches
	rm -rf $(VENV) index/data-* index/manifest.json .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

LEFT_OUT := wound-and-ostomy lib-home-infusion-d own-home-infusion-b lib-lab-and-imaging own-home-programs lib-tests-and-scans
LAST := lib-home-infusion-s lib-home-infusion-t lib-home-infusion-u lib-home-infusion-v own-home-infusion-h own-home-infusion-i own-home-infusion-j \
	own-home-infusion-k own-nursing-and-lines lib-drugs-and-blood own-equipment-b lib-clinic-procedures own-therapy-and-rehab lib-eyes-teeth-and-skin
NEWEST := lib-home-infusion-j lib-home-infusion-k lib-home-infusion-l lib-home-infusion-m own-home-infusion-c own-home-infusion-d own-home-infusion-e \
	own-drugs own-supplies-and-oxygen
LATEST := lib-home-infusion-n lib-home-infusion-o lib-home-infusion-p lib-home-infusion-q lib-home-infusion-r own-home-infusion-f own-home-infusion-g \
	own-infusion-nursing own-respiratory-and-rehab own-pumps-and-supplies lib-ambulatory-infusion lib-surgery lib-g-codes lib-s-codes lib-e-codes \
	lib-drug-injections
.PHONY: reader
reader: setup ## train the reader anew from the encoder; DATA names the folder of public data
	$(BIN)/python training/train_reader.py --base training/runs/encoder --out training/runs/first --leave-out $(LEFT_OUT) $(NEWEST) $(LATEST) $(LAST) --data $(DATA)
	$(BIN)/python training/train_reader.py --base training/runs/first --out training/runs/second --leave-out $(LEFT_OUT) $(LATEST) $(LAST) --twice $(NEWEST) --epochs 1 --data $(DATA)
	$(BIN)/python training/train_reader.py --base training/runs/second --out training/runs/third --leave-out $(LEFT_OUT) $(LAST) --twice $(LATEST) --share 0.5 --epochs 1 --data $(DATA)
	$(BIN)/python training/train_reader.py --base training/runs/third --out training/runs/fourth --leave-out $(LEFT_OUT) --twice $(LAST) --share 0.5 --epochs 1 --data $(DATA)
	$(BIN)/python training/average.py training/runs/third training/runs/fourth training/runs/reader
	$(BIN)/python training/train_reader.py --base training/runs/reader --out training/runs/fifth --leave-out $(LEFT_OUT) --brought a c d e f g h i --documents 80 --squad 10 --rate 2e-5 --data $(DATA)
	$(BIN)/python training/export.py training/runs/fifth assistant/data/reader
	$(BIN)/python training/fit_forms.py assistant/data/reader
	$(BIN)/python training/calibrate.py assistant/data/reader --left-out $(LEFT_OUT) --data $(DATA)
	$(BIN)/python training/fit_listings.py assistant/data/reader

.PHONY: encoder
encoder: setup ## train the encoder anew
	$(BIN)/python training/train_encoder.py --out training/runs/encoder --leave-out $(LEFT_OUT)
	$(BIN)/python training/export.py training/runs/encoder assistant/data/encoder --name encoder-minilm-l6-{digest}
	$(BIN)/python training/fit_subjects.py assistant/data/encoder

.PHONY: bench
bench: setup ## measure beside others, by stage and over many documents; with DATA also on MedQuAD
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.stages
	$(if $(DATA),$(BIN)/python benchmarks/medquad.py $(DATA))
