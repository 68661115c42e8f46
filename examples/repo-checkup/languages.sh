#!/bin/sh
# Files and lines per language, as a Markdown table. Told apart by file name;
# binary and empty files do not count.

. "$(dirname "$0")/common.sh"
open_repo
open_scratch

say "counting lines"
count_matches ''
say "$(awk 'END { print NR }' "$scratch/counts") text files counted"

awk '
    BEGIN {
        names = "c=C h=C cc=C++ cpp=C++ cxx=C++ hpp=C++ cs=C# css=CSS scss=CSS clj=Clojure" \
            " dart=Dart ex=Elixir exs=Elixir elm=Elm erl=Erlang fs=F# go=Go hs=Haskell" \
            " html=HTML htm=HTML java=Java js=JavaScript jsx=JavaScript mjs=JavaScript" \
            " json=JSON kt=Kotlin lua=Lua md=Markdown ml=OCaml php=PHP pl=Perl proto=Protobuf" \
            " py=Python r=R rb=Ruby rs=Rust rst=reStructuredText scala=Scala sh=Shell bash=Shell" \
            " sql=SQL svelte=Svelte swift=Swift tf=Terraform toml=TOML ts=TypeScript" \
            " tsx=TypeScript txt=Text vue=Vue xml=XML yaml=YAML yml=YAML zig=Zig"
        n_names = split(names, pairs, " ")
        for (i = 1; i <= n_names; i++) {
            split(pairs[i], pair, "=")
            language_of[pair[1]] = pair[2]
        }
    }
    {
        # The count stands behind the last colon; a quoted name ends with a quote.
        lines = $0
        sub(/^.*:/, "", lines)
        name = substr($0, 1, length($0) - length(lines) - 1)
        sub(/"$/, "", name)
        sub(/^.*\//, "", name)
        if (name == "Makefile" || name == "Dockerfile") {
            language = name
        } else {
            extension = ""
            if (name ~ /^.+\.[^.]+$/) {
                extension = tolower(name)
                sub(/^.*\./, "", extension)
            }
            language = (extension in language_of) ? language_of[extension] : "other"
        }
        files[language]++
        total[language] += lines
        sum += lines
    }
    END {
        for (language in files)
            printf "%d\t%d\t%.1f\t%s\n", total[language], files[language], \
                sum ? 100 * total[language] / sum : 0, language
    }
' "$scratch/counts" | sort -t "$(printf '\t')" -k1,1nr -k4,4 >"$scratch/languages"

if [ ! -s "$scratch/languages" ]; then
    printf 'No text file is tracked.\n'
    exit 0
fi
awk -F '\t' '
    BEGIN { print "| Language | Files | Lines | Share |\n|---|---:|---:|---:|" }
    { n_files += $2; n_lines += $1 }
    NR <= 12 { printf "| %s | %d | %d | %s %% |\n", $4, $2, $1, $3 }
    NR > 12 { rest_files += $2; rest_lines += $1 }
    END {
        if (NR > 12) printf "| %d more | %d | %d | |\n", NR - 12, rest_files, rest_lines
        printf "| **all** | %d | %d | |\n", n_files, n_lines
    }
' "$scratch/languages"
