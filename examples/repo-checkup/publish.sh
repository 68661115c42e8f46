#!/bin/sh
# Hands the approved report on: proves that it is still there and answers with
# its path. A real workflow would send it somewhere at this point.

. "$(dirname "$0")/common.sh"

file=${BATON_INPUT_REPORT:-}
[ -n "$file" ] || die "the input 'report' is empty"
[ -s "$file" ] || die "the report is gone or empty: $file"
say "published $file"
printf '%s\n' "$file"
