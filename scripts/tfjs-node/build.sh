#!/usr/bin/env bash
# usage: scripts/tfjs-node/build.sh FOLDER
# Installs @tensorflow/tfjs-node in FOLDER and builds its binding against the C library in PyPI's TensorFlow for cpu, because
# its own install script downloads that library from outside the registries. Needs: python3 with pip, g++, make, the headers
# of Node.js, 1.2 GB of disk; Linux on x86-64. Takes half a minute.
set -euo pipefail
version=4.22.0
wheel=tensorflow-cpu==2.12.1
own=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
cd "$1"
temporary=$(mktemp -d)
trap 'rm -r "$temporary"' EXIT

# First, because it is what may not be available.
python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.11 --platform manylinux2014_x86_64 \
  --dest "$temporary" "$wheel"
[ -f package.json ] || echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-prod "@tensorflow/tfjs-node@$version"
# As in a service that has installed the package, there is one TensorFlow.js.
rm -r node_modules/@tensorflow/tfjs
ln -s "$own/node_modules/@tensorflow/tfjs" node_modules/@tensorflow/tfjs

cd node_modules/@tensorflow/tfjs-node
mkdir -p deps/lib
python3 - "$temporary"/*.whl <<'PY'
import os, shutil, sys, zipfile

with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.endswith("/"):
            continue
        if name.startswith("tensorflow/include/"):
            target = "deps/" + name[len("tensorflow/"):]
        elif name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"):
            target = "deps/lib/" + os.path.basename(name)
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with wheel.open(name) as source, open(target, "wb") as file:
            shutil.copyfileobj(source, file)
PY
ln -sf libtensorflow_cc.so.2 deps/lib/libtensorflow.so
ln -sf libtensorflow_framework.so.2 deps/lib/libtensorflow_framework.so
# By npm, which tells node-gyp its settings, e.g. where the headers are.
npx --no-install node-pre-gyp install --build-from-source --loglevel=error
