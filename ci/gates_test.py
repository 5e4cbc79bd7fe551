"""Each gate, seen passing on a small tree in order and failing on the same tree with one violation planted."""

import subprocess
from pathlib import Path

import pytest
from gates import main

IN_ORDER = {
    "README.md": "# t\n\n## The house\n\n```\nci/  scripts\nimpl/  server\n  wire/  octets\nmodel/  draft\n  spec/  tables\n"
    "  lease/  rules\nconformance/  suites\n  d12/  by section\npyharness/  harness\n  twinlease/  package\n.ci/  machine\n"
    "docs/  pages\n```\n",
    ".clang-format": "BasedOnStyle: Google\n",
    ".gitignore": "/build/\n",
    "ci/arrows.csv": (Path(__file__).parent / "arrows.csv").read_text(),
    "model/spec/requirements.csv": '"id","section"\n"FO-6.1-03","6.1"\n',
    "conformance/register.csv": "clause,class,tests,reason\nFO-6.1-03,tested,d12/6.1/framing,\n",
    "model/spec/readings.csv": '"id","question"\n"A-01","?"\n',
    "model/lease/rules.hpp": "int rule();  // FO-6.1-03, S1\n",
    "model/lease/rules.cpp": '#include "model/lease/rules.hpp"\n\n#include <cstring>\n\nint rule() { return 1; }\n',
    "impl/wire/frame.hpp": "int frame();\n",
    "pyharness/twinlease/__init__.py": '"""The harness, FO-6.1."""\n',
    "conformance/d12/framing_test.py": "import re\n\nimport pytest\n\nfrom twinlease import peer\n",
    "docs/readings.md": "# Readings\n\n### A-01 offset\n\n### C7 equal times\n\nSee [the list](invariants.md#s1) and FO-6.1.\n",
    "docs/invariants.md": "# Invariants\n\n### S1 one address, one client\n",
}
COMMANDS = (".ci/run", "ci/bench", "ci/build", "ci/certify", "ci/coverage", "ci/gates", "ci/nightly", "ci/setup", "ci/test")
NOTE = "TO" + "DO"


def write(root, name, text, mode=0o644):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


@pytest.fixture
def tree(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name, text in IN_ORDER.items():
        write(tmp_path, name, text)
    for name in COMMANDS:
        write(tmp_path, name, "#!/bin/bash\n", 0o755)
    return tmp_path


def judge(root, capsys, *more):
    """(exit code, what was printed, names of the gates that failed)"""
    code = main(["--root", str(root), *more])
    text = capsys.readouterr().out
    failed = {line.split()[0] for line in text.splitlines() if line.split()[1:2] == ["FAIL"]}
    return code, text, failed


def test_a_tree_in_order_passes_every_gate(tree, capsys):
    code, text, failed = judge(tree, capsys)
    assert (code, failed) == (0, set()), text
    assert [line.split()[0] for line in text.splitlines()] == [
        "arrows", "layout", "citations", "links", "folders", "words", "modes", "register", "symbols",
    ]  # fmt: skip


MODEL = '#include "model/lease/rules.hpp"\n'
PLANTS = [
    # gate, file, what is in it, what the finding says
    ("arrows", "model/lease/x.cpp", '#include "impl/wire/frame.hpp"\n', "model/lease/x.cpp:1: model may use nothing"),
    ("arrows", "model/lease/x.cpp", "#include <impl/wire/frame.hpp>\n", "not impl/wire"),
    ("arrows", "impl/wire/x.cpp", MODEL, "impl/wire may use nothing, not model"),
    ("arrows", "impl/core/x.cpp", MODEL, "impl/core may use impl/wire, not model"),
    ("arrows", "impl/wire/x.cpp", '#include "frame.hpp"\n', "no file seen from the root"),
    ("arrows", "impl/x.cpp", "int i;\n", "no row in ci/arrows.csv"),
    ("arrows", "impl/wire/x.cpp", 'auto p = "model/spec/options.csv";\n', "x.cpp:1: impl reads nothing of model/spec"),
    ("arrows", "impl/wire/CMakeLists.txt", "set(T model/spec/options.csv)\n", "impl reads nothing of model/spec"),
    ("arrows", "impl/wire/x_test.py", "import twinlease\n", "impl/wire may use nothing, not pyharness"),
    ("arrows", "pyharness/twinlease/x.py", "def f():\n    import conformance.d12\n", "x.py:2: pyharness may use"),
    ("arrows", "conformance/d12/x_test.py", "import scapy.all\n", "not scapy"),
    ("arrows", "conformance/d12/x_test.py", "import (\n", "x_test.py:1:"),
    ("layout", "model/lease/x.cpp", "int   i;\n", "model/lease/x.cpp:1:"),
    ("citations", "model/lease/x.cpp", "int i;  // FO-" "9.9-99\n", "x.cpp:1: FO-" "9.9-99 is nowhere"),
    ("citations", "ci/x.sh", "# MS-" "9.9\n", "MS-" "9.9 is nowhere"),
    ("citations", "docs/x.md", "\nsee A-" "99\n", "docs/x.md:2: A-" "99 is nowhere"),
    ("citations", "docs/x.md", "see R-" "01, T-" "001\n", "T-" "001 is nowhere"),
    ("citations", "docs/x.md", "see D-" "01\n", "D-" "01 is nowhere"),
    ("citations", "docs/x.md", "see C" "8\n", "C" "8 is nowhere"),
    ("citations", "model/lease/x.cpp", "/* one\n   two S" "2 */\nint i;\n", "x.cpp:2: S" "2 is nowhere"),
    ("citations", "pyharness/twinlease/x.py", '"""\nL' '1\n"""\n', "x.py:2: L" "1 is nowhere"),
    ("links", "docs/x.md", "[a](absent.md)\n", "docs/x.md:1: absent.md is not there"),
    ("folders", "impl/core/x.py", "", "no line for impl/core/"),
    ("folders", "fuzz/x.txt", "", "no line for fuzz/"),
    ("words", "docs/x.md", "\n" + NOTE + ": more\n", "docs/x.md:2: a note to self: " + NOTE),
    ("words", "docs/x.md", "/wo" "rk/here\n", "a path of one machine"),
    ("words", "docs/x.md", "cat .li" "brary/x\n", "a path of one machine"),
    ("words", "docs/x.md", "as in re" "v2\n", "the name of a draft"),
    ("register", "conformance/register.csv", "clause,class,tests,reason\n", "FO-6.1-03: no row"),
    ("register", "conformance/register.csv", "clause,class\n", "line 1:"),
    ("register", "conformance/register.csv", "clause,class,tests,reason\nFO-6.1-03,tested,,\n", "tested, with 0 tests"),
    ("register", "conformance/register.csv", "clause,class,tests,reason\nFO-6.1-03,done,,why not\n", "class 'done'"),
    ("register", "conformance/register.csv", "clause,class,tests,reason\nFO-6.1-03,pending,,some day\n", "begins with none"),
    ("modes", "docs/x.sh", "#!/bin/sh\n", "docs/x.sh: begins with #! and is not executable"),
]  # fmt: skip


@pytest.mark.parametrize("gate, name, text, finding", PLANTS, ids=[f"{p[0]}-{i}" for i, p in enumerate(PLANTS)])
def test_a_planted_violation_is_found(tree, capsys, gate, name, text, finding):
    write(tree, name, text)
    code, printed, failed = judge(tree, capsys)
    assert code == 1 and gate in failed and finding in printed, printed


@pytest.mark.parametrize(
    "name, text",
    [
        ("impl/wire/x.cpp", "// C++20; 0xC9 is S9_name and x.L9\nint S9 = 0, C9 = 1;\n"),
        ("impl/wire/x.cpp", 'auto octets = "63 C9 53 00";\n'),
        ("impl/wire/x.cpp", "// not from model/spec, and no \\\\ trick\nchar c = '\"';  // \" quote\n"),
        ("impl/wire/x.cpp", "#include <openssl/hmac.h>\n\n#include <vector>\n"),
        ("docs/x.md", "SHA-256, MS-DHCPF, RFC 2131, A-nn, R-nn, T-nnn, FO-…, S1.., C7-C7\n"),
        ("docs/x.md", "FO-6.1 and all of FO-6.*-03\n"),
        ("docs/x.md", "[web](https://example.net/x) and [here](#part)\n"),
        ("docs/x.md", "network/workers, prev2, a.lib" "rary(), mktemp out.XX" "XXXX\n"),
        ("model/spec/more.csv", '"id"\n"see FO-' '9.9-99"\n'),
        ("model/spec/deep/er.csv", "id\n"),
        ("conformance/d12/x_test.py", "import framing_test\nfrom . import y\n"),
        ("build/x.md", NOTE + " in a build folder\n"),
        ("ci/x.in", "#!/bin/sh\n"),
    ],
)
def test_what_only_looks_like_a_violation_is_left_alone(tree, capsys, name, text):
    write(tree, name, text)
    code, printed, _ = judge(tree, capsys)
    assert code == 0, printed


def test_ground_is_transitive(tree, capsys):
    write(tree, "pyharness/twinlease/x.cpp", '#include "impl/wire/frame.hpp"\n#include "model/lease/rules.hpp"\n')
    assert judge(tree, capsys)[0] == 0


def test_readme_line_of_an_absent_folder_is_found(tree, capsys):
    write(tree, "README.md", IN_ORDER["README.md"].replace("docs/  pages", "docs/  pages\nfuzz/  later"))
    assert "fuzz/ is not there" in judge(tree, capsys)[1]


def test_missing_or_plain_command_is_found(tree, capsys):
    (tree / "ci/setup").unlink()
    (tree / "ci/test").chmod(0o644)
    code, text, failed = judge(tree, capsys)
    assert failed == {"modes"} and "ci/setup: is not there" in text and "ci/test: begins with #!" in text


def test_executable_that_is_no_script_is_found(tree, capsys):
    (tree / "docs/readings.md").chmod(0o755)
    assert "docs/readings.md: is executable and does not begin" in judge(tree, capsys)[1]


def test_t_ids_resolve_once_the_table_is_there(tree, capsys):
    write(tree, "docs/x.md", "T-" "001\n")
    write(tree, "model/spec/fsm.csv", '"id"\n"T-' '001"\n')
    assert judge(tree, capsys)[0] == 0


def test_long_file_is_a_warning_only(tree, capsys):
    write(tree, "model/lease/long.hpp", "int i();\n" * 401)
    code, text, _ = judge(tree, capsys)
    assert code == 0 and "warning: model/lease/long.hpp: 401 lines" in text


PURE = "#include <cstring>\n#include <string>\nint pure(const char* s) { return std::string(s).size() + std::strlen(s); }\n"
SYMBOLS = [
    ("#include <ctime>\nlong now() { return std::time(nullptr); }\n", "references time"),
    ("#include <chrono>\nauto now() { return std::chrono::system_clock::now(); }\n", "system_clock"),
    ("#include <chrono>\nauto now() { return std::chrono::steady_clock::now(); }\n", "steady_clock"),
    ("#include <random>\nint dice() { return std::random_device()(); }\n", "random_device"),
    ("#include <cstdlib>\nint dice() { return std::rand(); }\n", "references rand"),
    ("#include <sys/socket.h>\nint s() { return socket(2, 1, 0); }\n", "references socket"),
    ("#include <thread>\nvoid t() { std::thread([] {}).join(); }\n", "std::thread"),
    ("#include <mutex>\nstd::mutex m;\nvoid t() { m.lock(); }\n", "references pthread_mutex_lock"),
    ("#include <cstdio>\nvoid f() { std::puts(\"x\"); }\n", "references puts"),
    ("#include <fstream>\nvoid f() { std::ofstream(\"x\") << 1; }\n", "basic_filebuf"),
    ("#include <iostream>\nvoid f() { std::cout << 1; }\n", "std::cout"),
    ("#include <filesystem>\nbool f() { return std::filesystem::exists(\"x\"); }\n", "std::filesystem"),
    ("#include <cstdlib>\nconst char* f() { return std::getenv(\"x\"); }\n", "references getenv"),
]


@pytest.fixture
def build(tree):
    def archive(source):
        folder = tree / "build/model"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "x.cpp").write_text(source)
        subprocess.run(["g++", "-std=c++20", "-O1", "-c", "x.cpp", "-o", "x.o"], cwd=folder, check=True)
        subprocess.run(["ar", "rc", "libtwinlease_model.a", "x.o"], cwd=folder, check=True)
        return "--built", str(tree / "build")

    return archive


def test_pure_archive_passes_and_libraries_to_come_are_named(tree, build, capsys):
    code, text, _ = judge(tree, capsys, *build(PURE))
    assert code == 0 and "not there yet: impl/core, property/world" in text, text


@pytest.mark.parametrize("source, finding", SYMBOLS, ids=[s[1].split()[-1] for s in SYMBOLS])
def test_archive_that_reaches_the_system_is_found(tree, build, capsys, source, finding):
    code, text, failed = judge(tree, capsys, *build(source))
    assert code == 1 and failed == {"symbols"} and finding in text, text


def test_folder_with_sources_and_no_archive_is_found(tree, capsys):
    (tree / "build").mkdir()
    code, text, _ = judge(tree, capsys, "--built", str(tree / "build"))
    assert code == 1 and "libtwinlease_model.a was not built" in text
    assert judge(tree, capsys, "--built", str(tree / "absent"))[0] == 1
