#!/bin/sh
# The ten biggest files of the last commit, as a Markdown table.

. "$(dirname "$0")/common.sh"
open_repo
open_scratch

if ! has_commits; then
    say "no commit yet"
    printf 'Nothing is committed yet.\n'
    exit 0
fi

say "reading the sizes of the last commit's files"
repo_git ls-tree -r -l --full-tree HEAD >"$scratch/tree"

# A line is `mode type object size<TAB>path`; a submodule has no size.
awk -F '\t' '
    { split($1, facts, " "); path = $0; sub(/^[^\t]*\t/, "", path) }
    facts[4] ~ /^[0-9]+$/ { print facts[4] "\t" path }
' "$scratch/tree" | sort -t "$(printf '\t')" -k1,1nr -k2,2 >"$scratch/sizes"
say "$(awk 'END { print NR }' "$scratch/sizes") files weighed"

if [ ! -s "$scratch/sizes" ]; then
    printf 'The last commit has no files.\n'
    exit 0
fi
# Turns the first column from bytes into something to read.
human_sizes() {
    awk -F '\t' '
        {
            if ($1 < 1024) size = $1 " B"
            else if ($1 < 1048576) size = sprintf("%.1f KiB", $1 / 1024)
            else size = sprintf("%.1f MiB", $1 / 1048576)
            print size "\t" $2
        }
    '
}
human_sizes <"$scratch/sizes" | table_of_files Size
awk -F '\t' '{ sum += $1 } END { printf "%d\tin all %d files\n", sum, NR }' "$scratch/sizes" |
    human_sizes | awk -F '\t' '{ printf "| **%s** | %s |\n", $1, $2 }'
