#!/usr/bin/env bash
# Does the cost grow linearly? Runs the whole job with N and with 2 N queries a persona, in the order
# N, 2N, 2N, N so that a machine whose speed drifts moves both alike, and prints each stage's seconds,
# their ratio (2 is linear), the ratio of seconds a token (1 is linear), and peak memory.
# usage: runs/linear.sh [MODEL [N]]; minutes with the default model and N 24, by hand on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
prism=${PRISM:-.build/release/prism}
model=${1:-smollm2-135m-instruct}
small=${2:-24}
out=runs-out/linear
rm -rf "$out" && mkdir -p "$out"

run=0
for queries in "$small" $((2 * small)) $((2 * small)) "$small"; do
  run=$((run + 1))
  echo "run $run of 4: $queries queries a persona" >&2
  "$prism" distill --model "$model" --out "$out/$run" --config runs/linear.yaml \
    --queries "$queries" --json > "$out/$run.json"
done

# Rows `file section key value` of the metrics, one number a line in metrics.json.
for run in 1 2 3 4; do
  awk -v run="$run" '
    /" : \{$/ { split($0, part, "\""); section = part[2]; next }
    /^  \}/ { section = ""; next }
    /" : [0-9]/ {
      split($0, part, "\""); value = $0; sub(/.* : /, "", value); sub(/,$/, "", value)
      print run, (section == "" ? "-" : section), part[2], value
    }' "$out/$run/metrics.json"
done | awk -v small="$small" '
  {
    is_large = ($1 == 2 || $1 == 3)
    if ($2 == "seconds") { if (is_large) large_seconds[$3] += $4; else small_seconds[$3] += $4 }
    if ($2 == "tokens") { if (is_large) large_tokens[$3] += $4; else small_tokens[$3] += $4 }
    if ($3 == "peakResidentBytes") {
      if (is_large && $4 > large_peak) large_peak = $4
      if (!is_large && $4 > small_peak) small_peak = $4
    }
  }
  END {
    printf "%-10s %10s %10s %7s %14s\n", "stage", "s at N", "s at 2N", "ratio", "ratio a token"
    count = split("queries answers verdicts gate adapter", stages, " ")
    for (i = 1; i <= count; i++) {
      name = stages[i]
      a = small_seconds[name] / 2; b = large_seconds[name] / 2
      if (a <= 0 || small_tokens[name] <= 0 || large_tokens[name] <= 0) continue
      printf "%-10s %10.1f %10.1f %7.2f %14.2f\n", name, a, b, b / a,
        (b / large_tokens[name]) / (a / small_tokens[name])
      whole_a += a; whole_b += b
    }
    if (whole_a > 0) printf "%-10s %10.1f %10.1f %7.2f\n", "all", whole_a, whole_b, whole_b / whole_a
    if (small_peak > 0) printf "peak memory %.0f MB at N, %.0f MB at 2N, ratio %.2f\n",
      small_peak / 1e6, large_peak / 1e6, large_peak / small_peak
  }'
