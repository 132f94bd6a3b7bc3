# SPDX-License-Identifier: BSD-2-Clause
# Tests of the tests: seeded bugs, and the suite must see each. Included by the Makefile.

.PHONY: mutants
mutants: deps-test ## seed bugs into nano and router, and see that the tests catch each
##  JSON=file ONLY=regex
	@$(PYTHON) tests/mutants/mutants.py $(if $(JSON),--json '$(JSON)') \
	    $(if $(JOBS),--jobs $(JOBS)) \
	    $(if $(ONLY),--only '$(ONLY)')
