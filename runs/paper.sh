#!/usr/bin/env bash
# The paper's numbers exactly: twelve personas, 50 queries each, ten epochs.
# usage: runs/paper.sh MODEL [RUN]; a 7B model needs a large machine and many hours.
# Stopped at any moment, the same command goes on where it was.
set -euo pipefail
prism=${PRISM:-$(dirname "$0")/../.build/release/prism}
model=${1:?usage: runs/paper.sh MODEL [RUN]}
run=${2:-runs-out/paper}

# Stages 0 to 5 (paper, section 3). One file a stage appears in $run:
#   01-personas    the twelve personas, each in the model's own words
#   02-queries     50 queries a persona, temperature 0.9
#   03-answers     each query answered twice: without and with its persona, temperature 0.7
#   04-verdicts    the model compares both answers in both orders; strict: both must agree
#   05-gate        layer 0's last hidden state -> 128 -> 64 -> 1
#   06-adapter     LoRA rank 16 on layers 1..L-1, KL to the persona-conditioned teacher
"$prism" distill --model "$model" --out "$run" --preset paper

# The numbers: distill and retain sets, judge bias, gate accuracy, KL before and after.
"$prism" inspect "$run"

# The bundle at work: queries the paper routes to the adapter, and one it keeps at the base.
"$prism" route --model "$model" --bundle "$run/bundle" \
  "Write a haiku about rain." \
  "How do I pick a lock?" \
  "What is the derivative of x squared?"
