#!/bin/sh
# Joins the four findings into one Markdown file. Output: where it is and how
# long it is, as a JSON object. Running it twice writes the same file twice.

. "$(dirname "$0")/common.sh"
open_repo

# The text as a JSON string; a path holds no other character that needs it.
json_string() {
    printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

file=${BATON_INPUT_REPORT:-}
[ -n "$file" ] || file=${TMPDIR:-/tmp}/repo-checkup-${BATON_RUN_ID:-by-hand}.md
case $file in
    /*) ;;
    *) file=$(pwd)/$file ;;
esac
if printf '%s' "$file" | grep -q '[[:cntrl:]]' || [ "$(printf '%s\n' "$file" | wc -l)" -ne 1 ]; then
    die "the report's path must not hold control characters"
fi
[ ! -d "$file" ] || die "the report's path is a directory: $file"

say "writing $file"
mkdir -p "$(dirname "$file")"
draft=$file.$$.tmp
trap 'rm -f "$draft"' EXIT
{
    printf '# Check-up of %s\n\n' "$(basename "$repo")"
    if has_commits; then
        printf 'Last commit: %s.\n' "$(repo_git log -1 --date=short --format='`%h` of %cd')"
    else
        printf 'No commit yet.\n'
    fi
    printf '\n## Languages and lines\n\n%s\n' "${BATON_INPUT_LANGUAGES:-}"
    printf '\n## Biggest files\n\n%s\n' "${BATON_INPUT_BIGGEST:-}"
    printf '\n## Most changed in 90 days\n\n%s\n' "${BATON_INPUT_CHURN:-}"
    printf '\n## Open TODO and FIXME\n\n%s\n' "${BATON_INPUT_MARKS:-}"
} >"$draft"
mv -f "$draft" "$file"

n_lines=$(awk 'END { print NR }' "$file")
say "$n_lines lines written"
printf '{"path": %s, "lines": %d}\n' "$(json_string "$file")" "$n_lines"
