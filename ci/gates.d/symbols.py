"""Symbols: the pure libraries reference no clock, random source, socket, thread or file of the system.

Judged on what their archives leave undefined (nm):
1. a C symbol must be on the short list of what memory, strings, numbers and the compiler itself need: anything not
   listed fails, so a new way to reach the system cannot slip through;
2. a C++ symbol must not belong to a part of a library that reaches the system. Random engines are arithmetic and
   allowed: only the device that seeds them is the system's.
"""

import re
import subprocess

from tree import Result

# folder whose C++ files make the archive -> archive, found by name below the build folder
PURE = {
    "model": "libtwinlease_model.a",
    "impl/core": "libtwinlease_core.a",
    "property/world": "libtwinlease_world.a",
}

C_ALLOWED = re.compile(
    r"""(
    mem(cmp|cpy|move|set|chr|rchr|mem) | bcmp | __mem(cpy|move|set)_chk
  | str(len|nlen|cmp|ncmp|casecmp|ncasecmp|chr|rchr|str|spn|cspn|pbrk|toll?|toull?|tod|tof|told)
  | __isoc23_strto[a-z]+ | v?snprintf | __v?snprintf_chk
  | malloc | calloc | realloc | free | aligned_alloc | posix_memalign | abort | qsort | bsearch
  | is(alnum|alpha|digit|xdigit|space|print|upper|lower|punct) | tolower | toupper | __ctype_\w+
  | (ceil|floor|round|trunc|sqrt|pow|exp|exp2|log|log2|log10|fmod|fabs|ldexp|frexp|lround|llround|nearbyint|rint)[fl]?
  | __(add|sub|mul|div|mod|udiv|umod|float|fix|fixuns)[a-z0-9]*[sdt]i[0-9]? | __popcount[sdt]i2
  | __cxa_\w+ | __gxx_personality_v0 | _Unwind_\w+ | __dso_handle | __stack_chk_fail | __assert_fail
  | _GLOBAL_OFFSET_TABLE_ | __tls_get_addr | __libc_single_threaded
  | __(asan|ubsan|tsan|sanitizer|llvm_profile|llvm_gcov|sancov)_\w+
    )""",
    re.VERBOSE,
)

CPP_DENIED = re.compile(
    r"""\b(
    std::chrono::(_V2::)?(system|steady|high_resolution|utc|file)_clock | std::chrono::(get_tzdb|current_zone|tzdb)
  | std::random_device
  | std::(jthread|thread|this_thread|mutex|timed_mutex|shared_mutex|condition_variable|future|promise|async)
  | std::(__future_base|__async|__atomic_wait|__condvar|__at_thread_exit)
  | std::(filesystem|experimental::filesystem) | std::__basic_file | std::(__cxx11::)?basic_(file|if|of|f)\w*stream
  | std::basic_filebuf | std::(w?cout|w?cin|w?cerr|w?clog)\b | std::ios_base::Init | std::basic_syncbuf
  | boost::(asio|thread|filesystem|interprocess|random::random_device)
    )""",
    re.VERBOSE,
)


def forbidden(archive):
    """(number of undefined symbols, those that reach the system) of one archive."""
    names = nm_names(archive, "--undefined-only")
    defined = set(nm_names(archive, "--defined-only"))
    outside = sorted(names - defined)
    plain = dict(zip(outside, demangle(outside)))
    bad = []
    for name in outside:
        if name.startswith("_Z"):
            bad += [plain[name]] if CPP_DENIED.search(plain[name]) else []
        elif not C_ALLOWED.fullmatch(name):
            bad.append(name)
    return len(outside), bad


def nm_names(archive, which):
    run = subprocess.run(["nm", "-P", which, str(archive)], check=True, capture_output=True, text=True)
    return {line.split()[0].split("@")[0] for line in run.stdout.splitlines() if line and not line.endswith(":")}


def demangle(names):
    run = subprocess.run(["c++filt"], input="\n".join(names), check=True, capture_output=True, text=True)
    return run.stdout.splitlines()


def check(tree, build):
    """`build` is a build folder, or None before there is one."""
    if build is None:
        return Result("symbols", skipped="before the build; after it: ci/gates --built build")
    findings, counted, absent = [], [], []
    for folder, archive_name in PURE.items():
        if not any(name.startswith(folder + "/") and name.endswith(".cpp") for name in tree.files):
            absent.append(folder)
            continue
        archive = next(iter(sorted(build.rglob(archive_name))), None)
        if archive is None:
            findings.append(f"{folder}: {archive_name} was not built in {build.name}")
            continue
        count, bad = forbidden(archive)
        counted.append(f"{count} symbols of {archive_name}")
        findings += [f"{archive_name}: references {name}" for name in bad]
    counted += [f"not there yet: {', '.join(absent)}"] if absent else []
    return Result("symbols", "; ".join(counted), findings)
