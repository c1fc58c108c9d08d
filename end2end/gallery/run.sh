#!/bin/sh
# Builds the gallery and serves it: the whole app over made-up data (server/examples/gallery). Development build only.
#   end2end/gallery/run.sh [ADDRESS]        build and serve (default 127.0.0.1:3100)
#   end2end/gallery/run.sh build            build alone
# Needs npm packages (npm ci) and wasm-bindgen on PATH or in ~/.cache/mitochi/tools/bin.
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$HOME/.cache/mitochi/tools/bin:$PATH"
target="${CARGO_TARGET_DIR:-target}"
site="$target/gallery"

cargo build -p frontend --target wasm32-unknown-unknown
cargo build -p server --example gallery
mkdir -p "$site/pkg"
# the files of public/ may have changed or gone; pkg/ stays
find "$site" -mindepth 1 -maxdepth 1 ! -name pkg -exec rm -rf {} +
cp -R public/. "$site/"
wasm-bindgen --target web --no-typescript --out-name mitochi --out-dir "$site/pkg" \
    "$target/wasm32-unknown-unknown/debug/frontend.wasm"
# with LEPTOS_OUTPUT_NAME set while compiling, pages ask for the name that cargo-leptos writes
mv "$site/pkg/mitochi_bg.wasm" "$site/pkg/mitochi.wasm"
tailwindcss -i style/main.css -o "$site/pkg/mitochi.css"
[ "${1:-}" = build ] || exec "$target/debug/examples/gallery" "$site" "${1:-127.0.0.1:3100}"
