#!/usr/bin/env bash
# Builds contracts from the sources of this folder by every compiler that is there, at three levels, for
# modules_test.go: build.sh OUT. What is missing is said and left out. The files are called
# LANGUAGE-COMPILER-LEVEL-SOURCE.wasm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/work"
out=$(cd "$1" && pwd)
work=$out/work
find "$out" -maxdepth 1 -name '*.wasm' -delete
missing() { echo "modules: none of $1, because $2" >&2; }
jobs=$(nproc)

# C and C++: the two forms of a source with UNROLL differ.
c_flags='--target=wasm32 -ffreestanding -nostdlib -Wno-parentheses -Wl,--no-entry -Wl,--strip-all'
clangs() {
  local version level file name
  for version in 14 19; do
    if ! command -v "clang-$version" "wasm-ld-$version" > /dev/null; then
      missing "clang-$version" 'it is not installed'
      continue
    fi
    local levels='O1 O2 Os'
    [ "$version" = 19 ] && levels=O2 # what differs between the two does so at any level
    for level in $levels; do
      "clang-$version" --target=wasm32 -ffreestanding -$level -c "$here/c/base.c" -o "$work/base-$version-$level.o"
      for file in "$here"/c/*.c; do
        name=$(basename "$file" .c)
        [ "$name" = base ] && continue
        echo "clang-$version $c_flags -$level $file $work/base-$version-$level.o -o $out/c-clang$version-$level-$name.wasm"
        if grep -q UNROLL "$file"; then
          echo "clang-$version $c_flags -DROLLED -$level $file $work/base-$version-$level.o" \
            "-o $out/c-clang$version-$level-${name}_rolled.wasm"
        fi
      done
      for file in "$here"/../../calibrate/testdata/floats/*.c; do # programs of floating point
        echo "clang-$version $c_flags -Wl,--export=run -fno-builtin -$level $file" \
          "-o $out/c-clang$version-$level-float_$(basename "$file" .c).wasm"
      done
      for file in "$here"/cpp/*.cpp; do
        echo "clang-$version $c_flags -std=c++17 -fno-exceptions -fno-rtti -$level $file $work/base-$version-$level.o" \
          "-o $out/cpp-clang$version-$level-$(basename "$file" .cpp).wasm"
      done
    done
  done
}

# Rust: the first compiler that has the target.
rust_flags='--edition 2021 --target wasm32-unknown-unknown -C panic=abort -C linker=wasm-ld-14 -C strip=symbols -C codegen-units=1'
rustc=
for candidate in /usr/bin/rustc rustc; do
  [ -d "$("$candidate" --print sysroot 2> /dev/null)/lib/rustlib/wasm32-unknown-unknown" ] && rustc=$candidate && break
done
rusts() {
  local level file
  for level in 1 2 s; do
    for file in "$here"/rust/*.rs; do
      echo "$rustc $rust_flags -C opt-level=$level $file -o $out/rust-rustc-O$level-$(basename "$file" .rs).wasm"
    done
  done
}

# Crates of Debian, unpacked here and not installed.
crates() {
  local debian=$work/debian cargo=${CARGO:-/usr/bin/cargo}
  [ -x "$cargo" ] || { missing crates "there is no $cargo"; return; }
  if [ ! -d "$debian/usr/share/cargo/registry" ]; then
    mkdir -p "$work/packages"
    (cd "$work/packages" && apt-get download -qq $(sed 's/.*/librust-&-dev/' "$here/crates/packages.txt")) 2> /dev/null ||
      { missing crates 'Debian does not answer'; return; }
    for package in "$work"/packages/*.deb; do dpkg -x "$package" "$debian"; done
  fi
  mkdir -p "$work/home" "$work/crates"
  cp -r "$here/crates/." "$work/crates"
  printf '%s\n' '[source.crates-io]' 'replace-with = "debian"' '[source.debian]' \
    "directory = \"$debian/usr/share/cargo/registry\"" '[target.wasm32-unknown-unknown]' 'linker = "wasm-ld-14"' \
    > "$work/home/config.toml"
  (cd "$work/crates" && CARGO_HOME=$work/home RUSTC=$rustc "$cargo" build --offline --quiet --profile o2 --examples \
    --target wasm32-unknown-unknown --target-dir "$work/target") || { missing crates 'one does not build'; return 1; }
  for file in "$here"/crates/examples/*.rs; do
    name=$(basename "$file" .rs)
    cp "$work/target/wasm32-unknown-unknown/o2/examples/$name.wasm" "$out/rust-rustc-O2-crate_$name.wasm"
  done
}

clangs > "$work/commands"
if [ -n "$rustc" ]; then rusts >> "$work/commands"; else missing Rust 'no rustc has the target wasm32-unknown-unknown'; fi
xargs -P "$jobs" -d '\n' -I{} sh -c '{}' < "$work/commands"
if [ -n "$rustc" ]; then crates || true; fi # which has said why

# AssemblyScript, as the clients' tests install it.
node_modules=${NODE_MODULES:-$here/../../clients/node_modules}
if [ -d "$node_modules/assemblyscript" ]; then
  node "$here/assembly/build.mjs" "$node_modules" "$out"
else
  missing AssemblyScript 'it is not installed: make npm'
fi
echo "modules: $(find "$out" -maxdepth 1 -name '*.wasm' | wc -l) built"
