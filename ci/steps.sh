# Sourced by ci/test and ci/nightly: named steps with their times, and a summary as the last thing printed, however
# the script ends.
#
# 1. Every step that was begun has one row in $steps: name, outcome, seconds, JUnit file (or -).
# 2. A step whose ground failed is not begun; its row says "not run".
# 3. The last line of the output is that of ci/test_summary.py, also when a step or a signal ends the script.

export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
steps=
current=

# begin_steps DIR: the rows and the JUnit files of this run go to DIR, which is emptied first.
begin_steps() {
  reports=$root/$1
  steps=$reports/steps.tsv
  rm -rf "$reports"
  mkdir -p "$reports"
  : >"$steps"
  trap finish_steps EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# step NAME JUNIT|- COMMAND...: runs the command; true if it succeeded.
step() {
  local name=$1 junit=$2 began ended outcome=ok
  shift 2
  [ "$junit" = - ] || junit=$reports/$junit
  echo "=== $name"
  current=$name
  began=${EPOCHREALTIME/[.,]/}
  "$@" || outcome=FAIL
  ended=${EPOCHREALTIME/[.,]/}
  current=
  printf '%s\t%s\t%d.%d\t%s\n' "$name" "$outcome" $(((ended - began) / 1000000)) \
    $(((ended - began) / 100000 % 10)) "$junit" >>"$steps"
  [ $outcome = ok ] || echo "=== $name: FAILED"
  [ $outcome = ok ]
}

# not_run NAME...: rows of steps that cannot be begun because their ground failed.
not_run() {
  local name
  for name in "$@"; do
    printf '%s\tnot run\t0.0\t-\n' "$name" >>"$steps"
  done
}

finish_steps() {
  local code=$?
  trap - EXIT
  [ -z "$current" ] || printf '%s\tFAIL\t0.0\t-\n' "$current" >>"$steps"
  [ -n "$current" ] || [ $code = 0 ] || printf 'end of the run\tFAIL\t0.0\t-\n' >>"$steps"
  if [ -x /usr/bin/python3 ]; then
    /usr/bin/python3 "$root/ci/test_summary.py" "$steps"
    exit $?
  fi
  echo "0 passed, 1 failed"   # a setup that failed before there was a Python
  exit 1
}
