#!/bin/sh
# Starts link-commit for pre-commit, which has cloned this repository: run.sh prebuilt|source COMMAND [ARGUMENT...]
#
#   prebuilt   the program in bin/SYSTEM-MACHINE of the clone, else the one on PATH, of the clone's version
#   source     the program that cargo builds from the clone; once, since pre-commit has a clone for each version
set -eu

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

kind=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)

if [ "$kind" = source ]; then
  program=$root/target/release/link-commit
  if [ ! -x "$program" ]; then
    command -v cargo >/dev/null || fail "link-commit $version is built by cargo, which is not on PATH" \
      "install Rust from https://rustup.rs, or use the hook without -src"
    echo "note: building link-commit $version, once for this version; this takes some minutes" >&2
    # Git's variables speak of the repository that is committed to.
    (unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE && cd "$root" &&
      cargo build --quiet --release --locked --package link-commit --target-dir "$root/target" >&2) ||
      fail "link-commit $version cannot be built" "read what cargo says above; a C compiler is needed as well"
  fi
else
  program=$root/bin/$(uname -s)-$(uname -m)/link-commit
  [ -x "$program" ] || program=$(command -v link-commit || true)
  [ -n "$program" ] || fail "there is no link-commit $version here" \
    "install it, with \`cargo install --locked --path crates/link-commit\`, or use the hook with -src"
  [ "$("$program" --version)" = "link-commit $version" ] || fail "$program is not link-commit $version" \
    "install that version, pin the other one with \`rev\`, or use the hook with -system, which takes any"
fi
exec "$program" "$@"
