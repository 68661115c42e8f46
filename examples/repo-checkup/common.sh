# Shared by the scripts beside it; sourced, never run.
#
# The contract with Baton: inputs arrive as BATON_INPUT_<NAME>, stdout is the
# stage's output, every line on stderr shows up live in the run.
# Only git and the POSIX tools are used.

set -eu
LC_ALL=C
GIT_OPTIONAL_LOCKS=0
export LC_ALL GIT_OPTIONAL_LOCKS

# Tells the person who watches the run what is happening.
say() {
    printf '%s\n' "$*" >&2
}

# Ends the stage as failed.
die() {
    say "error: $*"
    exit 1
}

# git in the repository under examination, with the settings of its user that
# would change the shape of the output switched off.
repo_git() {
    git -C "$repo" \
        -c core.quotePath=off -c color.ui=never -c submodule.recurse=false \
        -c grep.lineNumber=false -c grep.column=false -c grep.patternType=default \
        -c log.showSignature=false -c log.follow=false "$@"
}

# Sets `repo` to the top of the repository named by the input, `tree` to what
# `git grep` must search (nothing = the working tree; a bare repository has none).
open_repo() {
    repo=${BATON_INPUT_REPO:-}
    [ -n "$repo" ] || die "the input 'repo' is empty: give the path of a git repository"
    command -v git >/dev/null 2>&1 || die "git is not installed"
    git -C "$repo" rev-parse --git-dir >/dev/null || die "not a git repository: $repo"
    tree=
    if [ "$(git -C "$repo" rev-parse --is-bare-repository)" = true ]; then
        tree=HEAD
    else
        repo=$(git -C "$repo" rev-parse --show-toplevel)
    fi
}

# True when there is at least one commit to look at.
has_commits() {
    repo_git rev-parse --quiet --verify 'HEAD^{commit}' >/dev/null
}

# Writes the number of matching lines per file to $scratch/counts, one
# `path:count` a line; no match is no error. Arguments: those of `git grep`.
# Binary files are left out, unusual names are quoted by git.
count_matches() {
    : >"$scratch/counts"
    if [ -n "$tree" ] && ! has_commits; then
        return 0
    fi
    status=0
    repo_git grep -I -c "$@" ${tree:+"$tree"} -- >"$scratch/found" || status=$?
    [ "$status" -le 1 ] || die "git grep failed with status $status"
    sed "s/^\(\"\{0,1\}\)${tree:+$tree:}/\1/" "$scratch/found" >"$scratch/counts"
}

# A scratch directory that is gone when the script ends, however it ends.
open_scratch() {
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/repo-checkup.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 1' HUP INT TERM
}

# Reads `value<TAB>path` lines, best first, and prints the first ten as a
# Markdown table whose left column is headed "$1".
table_of_files() {
    awk -v header="$1" '
        BEGIN { printf "| %s | File |\n|---:|---|\n", header }
        NR <= 10 {
            value = path = $0
            sub(/\t.*/, "", value)
            sub(/^[^\t]*\t/, "", path)
            gsub(/`/, "\047", path)
            gsub(/\|/, "\\|", path)
            printf "| %s | `%s` |\n", value, path
        }
    '
}
