#!/usr/bin/env bash
# Percent of all processors' time over 5 s that was not idle.
set -euo pipefail
before=$(head -1 /proc/stat); sleep 5; after=$(head -1 /proc/stat)
awk '{ for (i = 2; i <= 9; i++) total[NR] += $i; idle[NR] = $5 + $6 }
  END { printf "%d\n", 100 * (1 - (idle[2] - idle[1]) / (total[2] - total[1])) }' <<< "$before"$'\n'"$after"
