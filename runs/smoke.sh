#!/usr/bin/env bash
# The whole method on a tiny random model in two minutes, without network: does every stage run?
# The model has learnt nothing, so the numbers mean nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
prism=${PRISM:-.build/release/prism}
model=Tests/PrismModelTests/Fixtures/models/tiny-llama
run=runs-out/smoke
rm -rf "$run"

# The stages: personas, queries, answers, verdicts, gate, adapter.
"$prism" distill --model "$model" --out "$run" --preset demo --queries 8

# What came out, in words.
"$prism" inspect "$run"

# The bundle answers, each query by its own route.
"$prism" generate --model "$model" --bundle "$run/bundle" --max-tokens 8 "Hello."
