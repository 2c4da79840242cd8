"""Prompts that have broken command lines, shells, JSON writers and terminals."""

import random
import unicodedata
from itertools import product

WORDS = (
    "$(touch /tmp/pwned)", "`id`", '"; id; "', "'; id; '", "$HOME", "${IFS}", "!!", "~", "*", "?",
    "[a-z]", "{a,b}", "&& id", "|| id", "| id", "; id", "& id", "> /tmp/x", "< /etc/passwd",
    "<<EOF\nx\nEOF", "# not a comment", "\\", "\\n", "\\'", '\\"', "%s%n", "%00", "\r", "\n",
    "\r\n", "\t", "\x0b", "\x0c", "\x00", "\x07", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x7f",
    "-n", "-e", "--help", "--settings={}", "--mcp-config=x", "--", "-p", "@/etc/passwd", "\u202e",
    "\u200b", "\ufeff", "e\u0301", "\U0001f469\u200d\U0001f4bb", "\u4f60\u597d", "\u0627\u0644",
    "\uffff", "\U0010ffff", '{"task":"x"}', "null", "</prompt>", "<!--", "\x04", "\x1a", "EOF",
    "' OR 1=1 --", "\\u0000",
)  # fmt: skip
BLANK = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What JavaScript's trim() removes: a task of nothing else is none."""

FRAMES = ("{}", "-{}", "{}\n", "\n{}", "say {} please")


def hostile() -> list[str]:
    """More than 300: each word in five places, and sizes around the limits of command lines and tasks."""
    framed = [frame.format(word) for word, frame in product(WORDS, FRAMES)]
    sizes = ["a" * 131_071, "a" * 131_072, "b" * 262_144, "\u00e9" * 131_072, "\n" * 131_072 + "a"]
    return [prompt for prompt in framed if prompt.strip(BLANK)] + sizes


def generated(count: int, seed: int) -> list[str]:
    """Random texts of all planes, control characters included; the seed makes a failure repeatable."""
    chooser = random.Random(seed)  # noqa: S311 - no secret
    return [one for one in (text(chooser) for _ in range(count * 2)) if one.strip(BLANK)][:count]


def text(chooser: random.Random) -> str:
    length = chooser.choice((1, 2, 5, 20, 100, 1_000))
    return "".join(character(chooser) for _ in range(length))


def character(chooser: random.Random) -> str:
    code = chooser.choice((chooser.randrange(0x80), chooser.randrange(0x3000), chooser.randrange(0x110000)))
    found = chr(code)
    return "x" if unicodedata.category(found) == "Cs" else found
