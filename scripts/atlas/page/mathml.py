"""Equations for the page: a small TeX, made into MathML, which browsers draw with fonts of their own.

Known: letters and numbers, + - = < > ( ) [ ] | / , . : ! ', ^ and _ with braces, \\frac{}{}, \\sqrt{}, accents, \\mathrm{},
\\text{}, \\left and \\right, spaces, and the commands of `SYMBOLS` and `FUNCTIONS`. Everything else is refused.
"""

from __future__ import annotations

import re
from html import escape

WORDS = re.compile(r"\\(?:text|mathrm)\{([^{}]*)\}")
TOKEN = re.compile(r"\\(?:text|mathrm)\{[^{}]*\}|\\(?:[A-Za-z]+|[,;!{}|])|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Phi", "Psi", "Omega",
)  # fmt: skip
NAMES = {"epsilon": "\u03b5", "phi": "\u03c6", "lambda": "\u03bb", "Lambda": "\u039b"}
OPERATORS = {
    "cdot": "\u22c5", "times": "\u00d7", "pm": "\u00b1", "le": "\u2264", "ge": "\u2265", "ne": "\u2260", "approx": "\u2248",
    "simeq": "\u2243", "sim": "\u223c", "propto": "\u221d", "to": "\u2192", "infty": "\u221e", "partial": "\u2202",
    "nabla": "\u2207", "in": "\u2208", "equiv": "\u2261", "ldots": "\u2026", "langle": "\u27e8", "rangle": "\u27e9",
    "top": "\u22a4", "dagger": "\u2020", "mid": "|", "{": "{", "}": "}", "|": "\u2016",
}  # fmt: skip
LARGE = {"sum": "\u2211", "int": "\u222b", "prod": "\u220f"}
FUNCTIONS = (
    "tanh", "cosh", "sinh", "exp", "ln", "log", "det", "max", "min", "erf", "sin", "cos", "Tr", "Var", "argmax", "extr",
)  # fmt: skip
ACCENTS = {"hat": "^", "tilde": "~", "bar": "\u00af", "dot": "\u02d9", "ddot": "\u00a8"}
SPACES = {",": "0.17em", ";": "0.28em", "quad": "1em", "qquad": "2em", "!": "-0.1em"}
THIN = '<mspace width="0.17em"></mspace>'
FENCES = "()[]|\u27e8\u27e9{}\u2016"


class MathError(ValueError):
    """TeX that the page does not know, in one line."""


def mathml(tex: str) -> str:
    """One displayed equation as a <math> element; raises MathError for TeX outside the small language above."""
    return f'<math display="block">{_Reader(tex).row(until="")}</math>'


class _Reader:
    """Recursive descent over the tokens of one equation."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.tokens = [token for token in TOKEN.findall(tex) if not token.isspace()]
        self.place = 0

    def fail(self, what: str) -> MathError:
        return MathError(f"equation {self.tex!r}: {what}")

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        if not token:
            raise self.fail("ends too early")
        self.place += 1
        return token

    def row(self, until: str) -> str:
        """Everything up to the token ``until``, which is taken too."""
        parts = []
        while self.peek() != until:
            if not self.peek() or self.peek() in ("}", "\\right"):
                raise self.fail(f"{until or 'the end'} expected, {self.peek() or 'the end'} found")
            parts.append(self.scripted())
        if until:
            self.place += 1
        return f"<mrow>{''.join(parts)}</mrow>" if len(parts) != 1 else parts[0]

    def group(self) -> str:
        """One argument: a braced row or a single atom."""
        if self.peek() == "{":
            self.place += 1
            return self.row(until="}")
        return self.atom()

    def scripted(self) -> str:
        """An atom with its primes, sub- and superscript."""
        large = self.peek().removeprefix("\\") in LARGE
        base, low, high = self.atom(), "", ""
        while self.peek() in ("^", "_", "'"):
            sign = self.take()
            if sign == "'":
                primes = 1
                while self.peek() == "'":
                    self.place += 1
                    primes += 1
                high = f"<mo>{chr(0x2031 + min(primes, 3))}</mo>" + high
            elif sign == "^":
                high += self.group()
            elif low:
                raise self.fail("two subscripts")
            else:
                low = self.group()
        high = f"<mrow>{high}</mrow>" if high.count("><") > 1 else high
        if low and high:
            return _wrap("munderover" if large and base != _operator(LARGE["int"]) else "msubsup", base, low, high)
        if low:
            return _wrap("munder" if large and base != _operator(LARGE["int"]) else "msub", base, low)
        return _wrap("msup", base, high) if high else base

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            return self.row(until="}")
        words = WORDS.fullmatch(token)
        if words:
            return f"<mtext>{escape(words.group(1)).replace(' ', chr(0xA0))}</mtext>"
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in "+-=<>()[]|/,.:!*;":
            return _operator({"-": "\u2212", "*": "\u2217"}.get(token, token))
        raise self.fail(f"{token!r} is not known")

    def command(self, name: str) -> str:
        if name in GREEK:
            return f"<mi{_upright(name)}>{NAMES.get(name) or _greek(name)}</mi>"
        if name in FUNCTIONS:
            return f"<mi>{name}</mi>" + ("" if self.peek() in (*"^_()[", "") else THIN)
        if name in LARGE or name in OPERATORS:
            return _operator(LARGE.get(name) or OPERATORS[name])
        if name in SPACES:
            return f'<mspace width="{SPACES[name]}"></mspace>'
        if name in ACCENTS:
            return f'<mover accent="true">{self.group()}<mo stretchy="false">{ACCENTS[name]}</mo></mover>'
        if name == "frac":
            return _wrap("mfrac", self.group(), self.group())
        if name == "sqrt":
            return _wrap("msqrt", self.group())
        if name == "left":
            return self.fenced()
        raise self.fail(f"\\{name} is not known")

    def fenced(self) -> str:
        """\\left( … \\right): fences as high as what they hold."""
        first = self.fence()
        inside = self.row(until="\\right")
        return f"<mrow>{_operator(first, True)}{inside}{_operator(self.fence(), True)}</mrow>"

    def fence(self) -> str:
        token = self.take()
        sign = OPERATORS.get(token[1:], "") if token.startswith("\\") else token
        if sign not in FENCES:
            raise self.fail(f"{token!r} is no bracket")
        return sign


def _wrap(tag: str, *parts: str) -> str:
    return f"<{tag}>{''.join(part if part.count('<mi') + part.count('<mo') + part.count('<mn') + part.count('<mt') == 1 else f'<mrow>{part}</mrow>' for part in parts)}</{tag}>"


def _operator(sign: str, stretchy: bool = False) -> str:
    fixed = ' stretchy="false"' if sign in FENCES and not stretchy else ""
    return f"<mo{fixed}>{escape(sign)}</mo>"


def _greek(name: str) -> str:
    import unicodedata

    case = "CAPITAL" if name[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")


def _upright(name: str) -> str:
    return ' mathvariant="normal"' if name[0].isupper() else ""
