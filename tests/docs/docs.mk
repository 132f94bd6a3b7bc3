# SPDX-License-Identifier: BSD-2-Clause
# Figures and sample outputs in README and the chapters. Included by the Makefile.

.PHONY: docs build-folder
docs: all ## put measured figures and sample outputs into README and the chapters (tests/docs/)
	@$(PYTHON) tests/docs/quotes.py --write; quotes=$$?; \
	    $(PYTHON) tests/docs/transcript.py --write && exit $$quotes

build-folder:
	@echo $(B)
