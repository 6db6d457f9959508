#!/usr/bin/env bash
# The whole method on a tiny random model, within two minutes and without network: does every stage
# run? The model has learnt nothing, so the numbers mean nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
prism=${PRISM:-.build/release/prism}
run=runs-out/smoke
rm -rf "$run" && mkdir -p "$run"

# The model of the parity tests, with room for longer prompts.
cp -R Tests/PrismModelTests/Fixtures/models/tiny-llama "$run/model"
sed 's/"max_position_embeddings": 256/"max_position_embeddings": 4096/' \
  Tests/PrismModelTests/Fixtures/models/tiny-llama/config.json > "$run/model/config.json"

# The stages: personas, queries, answers, verdicts, gate, adapter.
"$prism" distill --model "$run/model" --out "$run/run" --config runs/smoke.yaml

# What came out, in words.
"$prism" inspect "$run/run"

# The bundle answers, each query by its own route.
"$prism" generate --bundle "$run/run/bundle" --max-tokens 8 "Hello." "What is 7 times 8?"
