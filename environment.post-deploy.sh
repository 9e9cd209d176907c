#!/usr/bin/env bash
# Snakemake runs this from the project's root in an environment that it has just made from environment.yml.
set -euo pipefail
python -m pip install --no-deps --editable .
