#!/bin/sh
# Where work was left open: lines with TODO or FIXME per file, as a Markdown
# table.

. "$(dirname "$0")/common.sh"
open_repo
open_scratch

say "looking for TODO and FIXME"
count_matches -w -e TODO -e FIXME

# `path:count` becomes `count<TAB>path`; the count stands behind the last colon.
awk '
    {
        count = $0
        sub(/^.*:/, "", count)
        print count "\t" substr($0, 1, length($0) - length(count) - 1)
    }
' "$scratch/counts" | sort -t "$(printf '\t')" -k1,1nr -k2,2 >"$scratch/marks"
say "$(awk -F '\t' '{ sum += $1 } END { printf "%d lines in %d files", sum, NR }' "$scratch/marks")"

if [ ! -s "$scratch/marks" ]; then
    printf 'None.\n'
    exit 0
fi
table_of_files Lines <"$scratch/marks"
awk -F '\t' '{ sum += $1 } END { printf "| **%d** | in all %d files |\n", sum, NR }' "$scratch/marks"
