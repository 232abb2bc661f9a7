# Sourced, not run: the simulated caching service and the real service beside it, on loopback, in a folder of their own.
#
#   start_service        sets folder, port, base and root; both end when the shell does
#   simulated_quote …    assay-sim quote of the same world
#
# Wants programs (the folder that holds assay and assay-sim) and curl. PORT asks for that port; else any that is free.

set -euo pipefail
programs=${programs:-.build/debug}
children=()
unit=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/deploy/assay.service

stop_service() {
    local child
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
    children=()
    # One that was started again, by another shell.
    if [ -f "${folder:-}/service.pid" ]; then
        local other _
        other=$(cat "$folder/service.pid")
        kill "$other" 2>/dev/null || true
        # It is no child of this shell, and writes until it has ended.
        for _ in $(seq 300); do kill -0 "$other" 2>/dev/null || break; sleep 0.1; done
    fi
    [ -z "${folder:-}" ] || rm -rf "$folder"
}

# Waits until a command succeeds, a minute at most, since a busy machine takes its time to make keys; fails with the log
# of the program that is waited for, at once where that has ended.
wait_for() { # process, log, command…
    local process=$1 log=$2 _
    shift 2
    for _ in $(seq 600); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    echo "the program did not come up:" >&2
    cat "$log" >&2
    return 1
}

start_service() { # settings of assay serve, KEY=VALUE…
    folder=$(mktemp -d)
    trap stop_service EXIT
    trap 'exit 130' INT TERM
    # The simulated documents are issued for whole days, so that two commands of one day make one world.
    at=$(date -u +%Y-%m-%dT00:00:00Z)
    root=$folder/root.pem
    "$programs/assay-sim" pccs --at "$at" --trust-root "$root" >"$folder/pccs.url" 2>"$folder/pccs.log" &
    children+=($!)
    wait_for "$!" "$folder/pccs.log" grep -q http "$folder/pccs.url"
    local attempt settings=() setting environment
    # As the unit starts it.
    read -ra environment < <(sed -n 's/^Environment=//p' "$unit")
    for setting in "$@"; do settings+=(--set "$setting"); done
    for attempt in 1 2 3 4 5; do
        port=${PORT:-$((20000 + RANDOM % 20000))}
        base=http://127.0.0.1:$port
        service=(env "${environment[@]}" "$programs/assay" serve --listen "127.0.0.1:$port" --data "$folder/data"
            --set "pccs=$(cat "$folder/pccs.url")" --set pccs_allow_http=true --set "trust_root=$root"
            --set limits.caller_per_minute=0 --set limits.connections_per_client=0 --set limits.repeats=0 "${settings[@]}")
        "${service[@]}" 2>"$folder/service.log" &
        server=$!
        children+=("$server")
        echo "$server" >"$folder/service.pid"
        if wait_for "$server" "$folder/service.log" grep -q listening "$folder/service.log"; then return 0; fi
        kill -0 "$server" 2>/dev/null && break
        [ -z "${PORT:-}" ] || break
        echo "port $port is taken; trying another" >&2
    done
    return 1
}

simulated_quote() { "$programs/assay-sim" quote --at "$at" "$@" 2>/dev/null; }

# The named string member of a JSON object on standard input.
member() { sed -nE "s/.*\"$1\":\"([^\"]*)\".*/\\1/p" | head -n 1; }

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# A base64url text on standard input as hexadecimal.
base64url_to_hex() {
    local text
    text=$(tr -- '-_' '+/')
    while [ $((${#text} % 4)) -ne 0 ]; do text+==; done
    printf '%s' "$text" | base64 -d | od -An -v -tx1 | tr -d ' \n'
}
