"""What a source file says to people: its comments and its strings, by line."""

import io
import re
import tokenize
from pathlib import Path

from tree import CPP

CPP_PROSE = re.compile(
    r"""(?P<prose> //[^\n]* | /\*.*?\*/ | R"(?P<delimiter>[^(\s]*)\(.*?\)(?P=delimiter)" | "(?:[^"\\\n]|\\.)*" )
      | '(?:[^'\\\n]|\\.)+' """,
    re.VERBOSE | re.DOTALL,
)


def numbered(first, text):
    return [(first + offset, line) for offset, line in enumerate(text.splitlines())]


def cpp_prose(text):
    lines = []
    for match in CPP_PROSE.finditer(text):
        if match["prose"] is not None:
            lines += numbered(text.count("\n", 0, match.start()) + 1, match["prose"])
    return lines


def python_prose(text):
    lines = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                lines += numbered(token.start[0], token.string)
    except (tokenize.TokenError, IndentationError):
        pass  # the arrows gate reports a file that is no Python
    return lines


def prose(name, text):
    """(line number, text) of comments and strings of C++ and Python, of every line of a page or a scenario."""
    suffix = Path(name).suffix
    if suffix in CPP:
        return cpp_prose(text)
    if suffix == ".py":
        return python_prose(text)
    return numbered(1, text) if suffix in {".md", ".fo", ".toml"} else []
