#!/bin/sh
# solc as forge calls it, out of the npm package, which does not know --allow-paths.
here=$(cd "$(dirname "$0")" && pwd)
for argument; do
  shift
  case $argument in
    --allow-paths) skip=1 ;;
    *) [ -n "$skip" ] || set -- "$@" "$argument"; skip= ;;
  esac
done
"${NODE:-node}" "$here/../node_modules/solc/solc.js" "$@" | sed "/^>>> /d" # a remark about solvers, in the middle of the JSON
