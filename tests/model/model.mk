# SPDX-License-Identifier: BSD-2-Clause
# The protocol's models, checked by Spin on the host: nothing of the system is built for them.
# Included by the Makefile.

.PHONY: model
model: deps-test ## check the models of the protocol, and that every seeded mistake is found
	@$(PYTHON) tests/model/run.py
