#!/bin/sh
# What changed most in the last 90 days, as a Markdown table. Looks at the
# newest 5,000 commits at most, so that a big repository stays quick.

. "$(dirname "$0")/common.sh"
open_repo
open_scratch

if ! has_commits; then
    say "no commit yet"
    printf 'Nothing is committed yet.\n'
    exit 0
fi

say "walking the commits of the last 90 days"
# A commit starts with an unprintable mark and its author, then its files.
repo_git log --since='90 days ago' --max-count=5000 --no-merges --no-renames \
    --name-only --format='%x01%aN' >"$scratch/log"

awk '
    /^\001/ { n_commits++; if (!($0 in authors)) { authors[$0] = 1; n_authors++ }; next }
    NF { changes[$0]++ }
    END {
        printf "%d\t%d\n", n_commits, n_authors >summary
        for (path in changes) print changes[path] "\t" path
    }
' summary="$scratch/summary" "$scratch/log" | sort -t "$(printf '\t')" -k1,1nr -k2,2 >"$scratch/churn"

n_commits=$(cut -f 1 "$scratch/summary")
n_authors=$(cut -f 2 "$scratch/summary")
say "$n_commits commits by $n_authors authors"

if [ "$n_commits" -eq 0 ]; then
    printf 'No commit in the last 90 days.\n'
    exit 0
fi
printf 'Commits: %d, authors: %d.\n' "$n_commits" "$n_authors"
[ -s "$scratch/churn" ] || exit 0
printf '\n'
table_of_files Commits <"$scratch/churn"
