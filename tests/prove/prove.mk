# SPDX-License-Identifier: BSD-2-Clause
# The proof of the router's decision code, see prove.py. Included by the Makefile.

.PHONY: prove
prove: ## the router's decisions under Frama-C, hostile mailboxes as unknowns: no alarm
##  JSON=file ONLY=regex
	@tests/harness/deps.sh install prove
	@$(PYTHON) tests/prove/prove.py \
	    $(if $(JSON),--json '$(JSON)') $(if $(ONLY),--only '$(ONLY)')
