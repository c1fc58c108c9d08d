# shellcheck shell=bash disable=SC2034
# Sourced by every script here: where things are, which versions are wanted, and how the scripts speak.
# Owns no step of its own. The bash of macOS (3.2) must understand it.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${MITOCHI_CACHE:-$HOME/.cache/mitochi}
TOOLS=$CACHE/tools
# The one finished build of this checkout: `mitochi`, hash.txt and site/. Nothing in it depends on the folder.
DIST=$ROOT/target/dist

WASM_BINDGEN_VERSION=0.2.130
CARGO_LEPTOS_VERSION=0.3.10
NODE_MAJOR=20

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
export MITOCHI_MODELS=${MITOCHI_MODELS:-$CACHE/models}
# Tools of the right version first; ~/.cargo/bin because a shell that was open while Rust was installed lacks it.
export PATH="$TOOLS/bin:$ROOT/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# Colour only for a person.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then BOLD=$'\e[1m' DIM=$'\e[2m' PLAIN=$'\e[0m'; else BOLD='' DIM='' PLAIN=''; fi

say() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
note() { printf '%s    %s%s\n' "$DIM" "$*" "$PLAIN"; }
fail() {
  printf '\nmitochi: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# minutes SECONDS: '0.4' and the like.
minutes() { printf '%d.%d' $(($1 / 60)) $((($1 % 60) * 10 / 60)); }

STAGES=''
# stage NAME COMMAND…: runs it and keeps how long it took. A stage that fails ends the script with its name.
stage() {
  local name=$1 start status=0
  shift
  start=$(date +%s)
  say "$name"
  "$@" || status=$?
  local took=$(($(date +%s) - start))
  STAGES="$STAGES$(printf '%7s min  %s' "$(minutes $took)" "$name")"$'\n'
  if [ "$status" -ne 0 ]; then
    printf '\n%s' "$STAGES" >&2
    fail "'$name' failed (exit code $status)"
  fi
}

# report: minutes of every stage so far.
report() {
  printf '\n%s%7s min  in all\n' "$STAGES" "$(minutes $SECONDS)"
}

# as_root COMMAND…: runs it as root if that needs no question; fails otherwise.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

# quietly LOG COMMAND…: keeps the output in a file and says every half minute how far it is; shows the end on failure.
quietly() {
  local log=$1 status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 &
  local pid=$! waited=0
  trap 'kill "$pid" 2>/dev/null' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    waited=$((waited + 1))
    if [ $((waited % 30)) -eq 0 ]; then note "${waited} s: $(tail -n 1 "$log" | cut -c 1-100)"; fi
  done
  trap - INT TERM
  wait "$pid" || status=$?
  if [ "$status" -ne 0 ]; then tail -n 40 "$log" >&2; fi
  return "$status"
}
