#!/bin/bash
# Builds the fuzz targets for ClusterFuzzLite, from the root of the repository. Compiler, flags and folders come from
# the environment: CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, OUT, WORK. For each target of fuzz/targets.csv, $OUT
# gets the program, TARGET_seed_corpus.zip, TARGET.dict and TARGET.options; and nothing else.
set -euo pipefail

# No preset: those name a compiler and its flags. What runs has only what lies in $OUT, so libcrypto is linked in.
cmake -S . -B "$WORK/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTWINLEASE_WIRE_ONLY=ON -DTWINLEASE_FUZZ=ON \
  -DTWINLEASE_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" -DOPENSSL_USE_STATIC_LIBS=TRUE
cmake --build "$WORK/build"

tail -n +2 fuzz/targets.csv | while IFS=, read -r target length_max dictionary _; do
  cp "$WORK/build/bin/fuzz-$target" "$OUT/$target"
  cp "fuzz/dictionaries/$dictionary.dict" "$OUT/$target.dict"
  printf '[libfuzzer]\nmax_len = %s\n' "$length_max" >"$OUT/$target.options"
  (cd "$WORK/build/seeds/$target" && zip -q -r "$OUT/${target}_seed_corpus.zip" .)
done
