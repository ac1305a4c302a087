# Every target works from a folder with spaces or accents: nothing here spells an absolute path.
# The first Python ≥ 3.11 of the machine is used; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
AMORCE = @test -n "$(PYTHON)" || { echo "Il faut CPython 3.11 ou plus récent (apt-get install python3)." >&2; exit 1; }; \
	exec "$(PYTHON)" pdi/outillage/amorce.py
export PORT

.DEFAULT_GOAL := aide
.PHONY: aide preparer demo demo-reset test lint bench

aide: ## Affiche cette liste
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

preparer: ## Crée l’environnement et installe les paquets
	$(AMORCE) preparer

demo: ## Démarre la démonstration (PORT=8000)
	$(AMORCE) demo

demo-reset: ## Efface les données de la démonstration et la redémarre
	$(AMORCE) demo --effacer

test: ## Lance tous les tests, navigateur compris (ARGS="tests/actions -k bilan")
	$(AMORCE) test $(ARGS)

lint: ## Vérifie le code (style, types, gabarits, étages, déploiement, sécurité)
	$(AMORCE) lint $(ONLY)

bench: ## Mesure les performances (ONLY=nom pour une seule)
	$(AMORCE) bench $(if $(ONLY),"$(ONLY)")
