"""From the LaTeX that the course writes to MathML that browsers set by themselves.

The subset is the one that lecture notes on this subject need: sub- and superscripts, fractions,
roots, big operators with limits, named operators, accents, alphabets, delimiters, matrices, cases
and aligned equations.  Anything else raises :class:`TexError`, which the build reports as a warning
at the equation's place, so a formula is either set as it was meant or the build fails.

MathML Core leaves spacing around function names and the alignment of table columns to the author:
`_join` writes the first, classes on cells the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
CAPITAL_GREEK = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
ORDINARY = {
    "infty": "∞", "partial": "∂", "nabla": "∇", "emptyset": "∅", "varnothing": "∅", "ell": "ℓ",
    "forall": "∀", "exists": "∃", "top": "⊤", "bot": "⊥", "hbar": "ℏ", "dots": "…", "ldots": "…",
    "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "#": "#", "%": "%", "$": "$", "&": "&", "_": "_",
    "square": "□", "checkmark": "✓", "neg": "¬", "lnot": "¬", "prime": "′",
}  # fmt: skip
RELATIONS = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "equiv": "≡", "sim": "∼", "simeq": "≃", "propto": "∝", "in": "∈", "notin": "∉", "ni": "∋",
    "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "ll": "≪", "gg": "≫",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⟺", "implies": "⟹",
    "mapsto": "↦", "longrightarrow": "⟶", "coloneqq": "≔", "perp": "⊥", "parallel": "∥",
    "prec": "≺", "succ": "≻", "models": "⊨", "vdash": "⊢", "uparrow": "↑", "downarrow": "↓",
}  # fmt: skip
BINARY = {
    "cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "odot": "⊙", "oplus": "⊕",
    "otimes": "⊗", "circ": "∘", "bullet": "∙", "cup": "∪", "cap": "∩", "setminus": "∖",
    "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "ast": "∗", "star": "⋆",
}  # fmt: skip
BIG = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁",
    "bigotimes": "⨂", "bigodot": "⨀", "int": "∫", "oint": "∮",
}  # fmt: skip
FUNCTIONS = {
    "log", "ln", "lg", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos",
    "arctan", "dim", "ker", "deg", "arg", "hom",
}  # fmt: skip
LIMIT_FUNCTIONS = {
    "max": "max", "min": "min", "sup": "sup", "inf": "inf", "lim": "lim", "det": "det",
    "gcd": "gcd", "Pr": "Pr", "argmax": "arg\u2009max", "argmin": "arg\u2009min",
}  # fmt: skip
OPENING = {
    "(": "(", "[": "[", r"\{": "{", r"\lbrace": "{", r"\langle": "⟨", r"\lfloor": "⌊",
    r"\lceil": "⌈", r"\lvert": "|", r"\lVert": "‖", r"\lbrack": "[",
}  # fmt: skip
CLOSING = {
    ")": ")", "]": "]", r"\}": "}", r"\rbrace": "}", r"\rangle": "⟩", r"\rfloor": "⌋",
    r"\rceil": "⌉", r"\rvert": "|", r"\rVert": "‖", r"\rbrack": "]",
}  # fmt: skip
FENCES = (
    OPENING
    | CLOSING
    | {"|": "|", r"\|": "‖", r"\vert": "|", r"\Vert": "‖", "/": "/"}
)
SPACES = {
    r"\,": "0.167em", r"\:": "0.222em", r"\>": "0.222em", r"\;": "0.278em", r"\!": "-0.167em",
    r"\ ": "0.25em", "~": "0.25em", r"\quad": "1em", r"\qquad": "2em", r"\enspace": "0.5em",
    r"\thinspace": "0.167em",
}  # fmt: skip
ACCENTS = {
    "hat": "ˆ", "widehat": "ˆ", "tilde": "˜", "widetilde": "˜", "bar": "¯", "overline": "‾",
    "vec": "→", "dot": "˙", "ddot": "¨", "overrightarrow": "→",
    "overleftarrow": "←", "breve": "˘", "check": "ˇ", "mathring": "˚",
}  # fmt: skip
STRETCHED_ACCENTS = {
    "widehat",
    "widetilde",
    "overline",
    "overrightarrow",
    "overleftarrow",
}
SIZES = {"big": "1.2em", "Big": "1.623em", "bigg": "2.047em", "Bigg": "2.47em"}

# Letters that Unicode placed outside the run of their alphabet.
SCRIPT = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ",
          "e": "ℯ", "g": "ℊ", "o": "ℴ"}  # fmt: skip
DOUBLE_STRUCK = {
    "C": "ℂ",
    "H": "ℍ",
    "N": "ℕ",
    "P": "ℙ",
    "Q": "ℚ",
    "R": "ℝ",
    "Z": "ℤ",
}
#: alphabet → (first capital, first small letter, first digit, exceptions)
ALPHABETS: dict[str, tuple[int, int, int, dict[str, str]]] = {
    "bold": (0x1D400, 0x1D41A, 0x1D7CE, {}),
    "bolditalic": (0x1D468, 0x1D482, 0x1D7CE, {}),
    "script": (0x1D49C, 0x1D4B6, 0, SCRIPT),
    "double": (0x1D538, 0x1D552, 0x1D7D8, DOUBLE_STRUCK),
    "sans": (0x1D5A0, 0x1D5BA, 0x1D7E2, {}),
    "mono": (0x1D670, 0x1D68A, 0x1D7F6, {}),
}
STYLES = {
    "mathbf": "bold", "boldsymbol": "bolditalic", "bm": "bolditalic", "mathcal": "script",
    "mathscr": "script", "mathbb": "double", "mathsf": "sans", "mathtt": "mono",
}  # fmt: skip

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_ROW_END = {"}", "&", r"\\", r"\right", r"\end"}


class TexError(ValueError):
    """The formula uses something outside the subset, or its groups do not match."""


@dataclass
class Atom:
    """A piece of MathML with its TeX class, which decides the space beside it."""

    xml: str
    kind: str = "ord"  # ord, op, bin, rel, open, close, punct, space
    limits: bool = False


def styled(character: str, alphabet: str) -> str:
    """Return *character* in a mathematical alphabet; others come back as they are.

    >>> styled("R", "double"), styled("x", "bold")
    ('ℝ', '𝐱')
    """
    capital, small, digit, exceptions = ALPHABETS[alphabet]
    if character in exceptions:
        return exceptions[character]
    if "A" <= character <= "Z":
        return chr(capital + ord(character) - ord("A"))
    if "a" <= character <= "z":
        return chr(small + ord(character) - ord("a"))
    if digit and "0" <= character <= "9":
        return chr(digit + int(character))
    if alphabet in {"bold", "bolditalic"} and "α" <= character <= "ω":
        return chr(
            (0x1D6C2 if alphabet == "bold" else 0x1D736) + ord(character) - ord("α")
        )
    return character


def _operator(text: str, **attributes: str) -> str:
    pairs = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<mo{pairs}>{escape(text, quote=False)}</mo>"


def _space(width: str) -> str:
    return f'<mspace width="{width}"/>'


def _join(atoms: list[Atom]) -> str:
    """Concatenate atoms, with TeX's thin space between a named operator and its neighbours."""
    out: list[str] = []
    previous = Atom("", "open")
    for atom in atoms:
        touching = (previous.kind == "op" and atom.kind in {"ord", "op"}) or (
            atom.kind == "op" and previous.kind in {"ord", "close"}
        )
        if touching:
            out.append(_space("0.167em"))
        unary = atom.kind == "bin" and previous.kind in {
            "open",
            "rel",
            "bin",
            "punct",
            "op",
            "big",
        }
        out.append(_tight(atom.xml, 'form="prefix"') if unary else atom.xml)
        previous = Atom("", "ord") if unary else atom
    return "".join(out)


def _tight(xml: str, extra: str = "") -> str:
    """Take the space from around operators, as TeX does in scripts and after a sign."""
    attributes = " ".join(filter(None, [extra, 'lspace="0" rspace="0"']))
    return re.sub(r"<mo(?![^>]*lspace)(?=[ >])", f"<mo {attributes}", xml)


def _row(atoms: list[Atom]) -> str:
    """Return one element: the atom itself, or a row."""
    return atoms[0].xml if len(atoms) == 1 else f"<mrow>{_join(atoms)}</mrow>"


class _Parser:
    def __init__(self, source: str) -> None:
        self.tokens = [t for t in _TOKEN.findall(source) if not t.isspace() or t]
        self.at = 0

    # -- tokens ---------------------------------------------------------------------------------
    def peek(self) -> str:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        found = self.next()
        if found != token:
            raise TexError(f"expected {token!r}, found {found or 'the end'!r}")

    def raw_group(self) -> str:
        """Return the text between braces, unparsed."""
        self.expect("{")
        depth, out = 1, []
        while depth:
            if self.at >= len(self.tokens):
                raise TexError("a brace is not closed")
            token = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            out.append(token)
        return "".join(out[:-1])

    def option(self) -> str | None:
        if self.peek() != "[":
            return None
        self.next()
        out = []
        while self.tokens[self.at] != "]":
            out.append(self.tokens[self.at])
            self.at += 1
        self.at += 1
        return "".join(out)

    # -- rows and scripts -----------------------------------------------------------------------
    def row(self, style: str | None = None) -> list[Atom]:
        atoms: list[Atom] = []
        while (token := self.peek()) and token not in _ROW_END:
            if token in {"^", "_", "'"}:
                base = (
                    atoms.pop()
                    if atoms and atoms[-1].kind != "space"
                    else Atom("<mrow></mrow>")
                )
                atoms.append(self.scripts(base, style))
            else:
                atoms.append(self.atom(style))
        return atoms

    def scripts(self, base: Atom, style: str | None) -> Atom:
        under = over = ""
        while (token := self.peek()) in {"^", "_", "'"}:
            self.next()
            if token == "'":
                primes = "′"
                while self.peek() == "'":
                    self.next()
                    primes += "′"
                over = _operator(
                    primes, **{"class": "prime"}, lspace="0", rspace="0"
                )
            elif token == "_":
                under = _tight(self.argument(style))
            else:
                above = _tight(self.argument(style))
                over = f"<mrow>{over}{above}</mrow>" if over else above
        names = (
            ("munder", "mover", "munderover")
            if base.limits
            else ("msub", "msup", "msubsup")
        )
        name = names[2] if under and over else names[0] if under else names[1]
        return Atom(f"<{name}>{base.xml}{under}{over}</{name}>", base.kind)

    def argument(self, style: str | None = None) -> str:
        """Return one argument as a single element: a group, or the next token."""
        if self.peek() == "{":
            self.next()
            atoms = self.row(style)
            self.expect("}")
            return _row(atoms)
        token = self.peek()
        if (
            len(token) > 1 and token[0].isdigit()
        ):  # an argument without braces is one digit
            self.tokens[self.at : self.at + 1] = list(token)
        return self.atom(style).xml

    # -- atoms ----------------------------------------------------------------------------------
    def atom(self, style: str | None = None) -> Atom:
        token = self.next()
        if not token:
            raise TexError("the formula ends where an argument was expected")
        if token == "{":
            atoms = self.row(style)
            self.expect("}")
            return Atom(_row(atoms))
        if token in SPACES:
            return Atom(_space(SPACES[token]), "space")
        if token[0].isdigit():
            text = "".join(styled(c, style) for c in token) if style else token
            return Atom(f"<mn>{text}</mn>")
        if token in OPENING:
            text = OPENING[token]
            return Atom(_operator(text, form="prefix", stretchy="false"), "open")
        if token in CLOSING:
            text = CLOSING[token]
            return Atom(_operator(text, form="postfix", stretchy="false"), "close")
        if len(token) == 1:
            return self.character(token, style)
        return self.command(token[1:], style)

    def character(self, token: str, style: str | None) -> Atom:
        if token.isalpha():
            if style == "normal":
                return Atom(f'<mi mathvariant="normal">{token}</mi>')
            return Atom(f"<mi>{styled(token, style) if style else token}</mi>")
        if token in "=<>:":
            return Atom(_operator(token), "rel")
        if token == "-":
            return Atom(_operator("−"), "bin")
        if token in "+*":
            return Atom(_operator({"*": "∗"}.get(token, token)), "bin")
        if token in ",;":
            return Atom(_operator(token, separator="true"), "punct")
        if token == "|":
            return Atom(
                _operator("|", stretchy="false", lspace="0.06em", rspace="0.06em")
            )
        if token in './!?@"`…':
            return Atom(_operator(token, lspace="0", rspace="0"))
        if ord(token) > 127:
            return Atom(
                f"<mi>{token}</mi>" if token.isalpha() else _operator(token), "ord"
            )
        raise TexError(f"the character {token!r} has no place in a formula here")

    def command(self, name: str, style: str | None) -> Atom:
        if name in GREEK:
            return Atom(
                f"<mi>{styled(GREEK[name], style) if style else GREEK[name]}</mi>"
            )
        if name in CAPITAL_GREEK:
            return Atom(f'<mi mathvariant="normal">{CAPITAL_GREEK[name]}</mi>')
        if name in ORDINARY:
            return Atom(f'<mi mathvariant="normal">{escape(ORDINARY[name])}</mi>')
        if name in {"mid", "vert"}:
            return Atom(
                _operator("|", stretchy="false", lspace="0.25em", rspace="0.25em"),
                "rel",
            )
        if name in {"|", "Vert"}:
            return Atom(_operator("‖", stretchy="false"))
        for table, kind in ((RELATIONS, "rel"), (BINARY, "bin")):
            if name in table:
                return Atom(_operator(table[name], stretchy="false"), kind)
        if name in BIG:
            integral = name in {"int", "oint"}
            return Atom(_operator(BIG[name]), "big", limits=not integral)
        if name in FUNCTIONS:
            return Atom(f"<mi>{name}</mi>", "op")
        if name in LIMIT_FUNCTIONS:
            return self.named(LIMIT_FUNCTIONS[name], limits=True)
        handler: Callable[[str, str | None], Atom] | None = getattr(
            self, f"do_{name.rstrip('*')}", None
        )
        if handler is None:
            for known, method in (
                (ACCENTS, self.accent),
                (STYLES, self.style),
            ):
                if name in known:
                    return method(name, style)
            if name.rstrip("lrm") in SIZES:
                return self.sized(name)
            raise TexError(f"\\{name} is not in the subset that texmath.py sets")
        return handler(name, style)

    def named(self, text: str, *, limits: bool) -> Atom:
        if limits:
            xml = _operator(
                text, form="prefix", movablelimits="true", lspace="0", rspace="0"
            )
            return Atom(xml, "op", limits=True)
        return Atom(f"<mi>{escape(text)}</mi>", "op")

    def do_operatorname(self, name: str, _: str | None) -> Atom:
        starred = name.endswith("*")
        if self.peek() == "*":
            self.next()
            starred = True
        text = self.raw_group()
        for command, width in (
            (r"\,", "\u2009"),
            (r"\ ", "\u00a0"),
            ("~", "\u00a0"),
        ):
            text = text.replace(command, width)
        return self.named(
            text.replace(r"\-", "-").replace(r"\_", "_"), limits=starred
        )

    do_DeclareMathOperator = do_operatorname

    def do_text(self, name: str, _: str | None) -> Atom:
        pieces = re.split(r"\$([^$]*)\$", self.raw_group())
        out = []
        for i, piece in enumerate(pieces):
            if i % 2:
                out.append(_row(_Parser(piece).all()))
            elif piece:
                plain = re.sub(r"\\([#$%&_{}])", r"\1", piece).replace(r"\ ", " ")
                if "\\" in plain:
                    raise TexError(f"a command inside \\{name}: {piece!r}")
                kind = {
                    "textbf": ' class="b"',
                    "textit": ' class="i"',
                    "texttt": ' class="tt"',
                }
                inner = escape(plain, quote=False).replace(" ", "\u00a0")
                out.append(f"<mtext{kind.get(name, '')}>{inner}</mtext>")
        return Atom(out[0] if len(out) == 1 else f"<mrow>{''.join(out)}</mrow>")

    do_textrm = do_textbf = do_textit = do_texttt = do_textsf = do_mbox = do_text

    def do_mathrm(self, name: str, _: str | None) -> Atom:
        at = self.at
        text = self.raw_group()
        if re.fullmatch(r"[A-Za-z0-9.\- ]+", text):
            plain = text.replace(" ", "")
            variant = ' mathvariant="normal"' if len(plain) == 1 else ""
            return Atom(f"<mi{variant}>{plain}</mi>")
        self.at = at
        return Atom(self.argument("normal"))

    do_mathit = do_mathrm

    def style(self, name: str, _: str | None) -> Atom:
        return Atom(self.argument(STYLES[name]))

    def accent(self, name: str, style: str | None) -> Atom:
        stretchy = "true" if name in STRETCHED_ACCENTS else "false"
        mark = _operator(ACCENTS[name], **{"class": name}, stretchy=stretchy)
        return Atom(f'<mover accent="true">{self.argument(style)}{mark}</mover>')

    def do_underline(self, _: str, style: str | None) -> Atom:
        return Atom(
            f"<munder>{self.argument(style)}{_operator('_', stretchy='true')}</munder>"
        )

    def do_frac(self, name: str, style: str | None) -> Atom:
        body = f"<mfrac>{self.argument(style)}{self.argument(style)}</mfrac>"
        if name in {"dfrac", "tfrac"}:
            display = "true" if name == "dfrac" else "false"
            return Atom(
                f'<mstyle displaystyle="{display}" scriptlevel="0">{body}</mstyle>'
            )
        return Atom(body)

    do_dfrac = do_tfrac = do_frac

    def do_binom(self, _: str, style: str | None) -> Atom:
        body = f'<mfrac linethickness="0">{self.argument(style)}{self.argument(style)}</mfrac>'
        return Atom(f"<mrow>{_operator('(')}{body}{_operator(')')}</mrow>")

    def do_sqrt(self, _: str, style: str | None) -> Atom:
        index = self.option()
        body = self.argument(style)
        if index is None:
            return Atom(f"<msqrt>{body}</msqrt>")
        return Atom(f"<mroot>{body}{_row(_Parser(index).all())}</mroot>")

    def brace(self, tag: str, mark: str, script: str, style: str | None) -> Atom:
        body = f"<{tag}>{self.argument(style)}{_operator(mark, stretchy='true')}</{tag}>"
        if self.peek() == script:
            self.next()
            body = f"<{tag}>{body}{self.argument(style)}</{tag}>"
        return Atom(body)

    def do_underbrace(self, _: str, style: str | None) -> Atom:
        return self.brace("munder", "⏟", "_", style)

    def do_overbrace(self, _: str, style: str | None) -> Atom:
        return self.brace("mover", "⏞", "^", style)

    def do_overset(self, _: str, style: str | None) -> Atom:
        over, base = self.argument(style), self.argument(style)
        return Atom(f"<mover>{base}{over}</mover>", "rel")

    do_stackrel = do_overset

    def do_underset(self, _: str, style: str | None) -> Atom:
        under, base = self.argument(style), self.argument(style)
        return Atom(f"<munder>{base}{under}</munder>", "op")

    def do_substack(self, _: str, __: str | None) -> Atom:
        rows = re.split(r"\\\\", self.raw_group())
        cells = "".join(
            f"<mtr><mtd>{_row(_Parser(r).all())}</mtd></mtr>" for r in rows
        )
        return Atom(f'<mtable class="substack">{cells}</mtable>')

    def do_displaystyle(self, _: str, style: str | None) -> Atom:
        body = _join(self.row(style))
        return Atom(f'<mstyle displaystyle="true" scriptlevel="0">{body}</mstyle>')

    def do_phantom(self, _: str, style: str | None) -> Atom:
        return Atom(f"<mphantom>{self.argument(style)}</mphantom>")

    def nothing(self, _: str, __: str | None) -> Atom:
        return Atom("", "space")

    do_nonumber = do_notag = do_limits = nothing

    def do_label(self, _: str, __: str | None) -> Atom:
        self.raw_group()
        return Atom("", "space")

    # -- delimiters -----------------------------------------------------------------------------
    def fence(self) -> str:
        token = self.next()
        if token == ".":
            return ""
        if token in FENCES:
            return FENCES[token]
        raise TexError(f"{token!r} is not a delimiter")

    def do_left(self, _: str, style: str | None) -> Atom:
        opening = self.fence()
        parts: list[str] = []
        atoms: list[Atom] = []
        while self.peek() not in {r"\right", ""}:
            if self.peek() == r"\middle":
                self.next()
                parts.append(_join(atoms))
                parts.append(_operator(self.fence(), stretchy="true"))
                atoms = []
                continue
            piece = self.row_until_middle(style)
            if not piece:
                raise TexError(
                    f"unexpected {self.peek()!r} between \\left and \\right"
                )
            atoms += piece
        parts.append(_join(atoms))
        self.expect(r"\right")
        closing = self.fence()
        left = (
            _operator(opening, form="prefix", fence="true", stretchy="true")
            if opening
            else ""
        )
        right = (
            _operator(closing, form="postfix", fence="true", stretchy="true")
            if closing
            else ""
        )
        return Atom(f"<mrow>{left}{''.join(parts)}{right}</mrow>", "inner")

    def row_until_middle(self, style: str | None) -> list[Atom]:
        atoms: list[Atom] = []
        while (
            (token := self.peek()) and token not in _ROW_END and token != r"\middle"
        ):
            if token in {"^", "_", "'"}:
                base = atoms.pop() if atoms else Atom("<mrow></mrow>")
                atoms.append(self.scripts(base, style))
            else:
                atoms.append(self.atom(style))
        return atoms

    def sized(self, name: str) -> Atom:
        base, size = name.rstrip("lrm"), SIZES[name.rstrip("lrm")]
        side = name[len(base) :]
        text = self.fence()
        opens = side == "l" or (
            not side and text in OPENING.values() and text not in "|‖"
        )
        closes = side == "r" or (
            not side and text in CLOSING.values() and text not in "|‖"
        )
        form = "prefix" if opens else "postfix" if closes else "infix"
        xml = _operator(
            text, form=form, stretchy="true", minsize=size, maxsize=size
        )
        return Atom(xml, "open" if opens else "close" if closes else "rel")

    # -- environments ---------------------------------------------------------------------------
    def do_begin(self, _: str, style: str | None) -> Atom:
        name = self.raw_group()
        columns = self.raw_group() if name.rstrip("*") == "array" else ""
        plain = name.rstrip("*")
        if plain == "equation":
            atoms = self.row(style)
            self.end(name)
            return Atom(_join(atoms))
        rows = list(self.rows(name, style))
        if plain in {
            "aligned",
            "align",
            "split",
            "alignat",
            "gather",
            "gathered",
            "eqnarray",
        }:
            return Atom(
                self.table(
                    rows, "rl", "aligned" if "gather" not in plain else "gathered"
                )
            )
        if plain in {"cases", "dcases"}:
            body = self.table(rows, "l", "cases")
            brace = _operator("{", form="prefix", fence="true", stretchy="true")
            return Atom(f"<mrow>{brace}{body}</mrow>", "inner")
        fences = {"matrix": "", "smallmatrix": "", "array": "", "pmatrix": "()", "bmatrix": "[]",
                  "vmatrix": "||", "Vmatrix": "‖‖", "Bmatrix": "{}"}  # fmt: skip
        if plain not in fences:
            raise TexError(
                f"the environment {name!r} is not in the subset that texmath.py sets"
            )
        body = self.table(rows, columns.replace("|", "") or "c", "matrix")
        if not fences[plain]:
            return Atom(body)
        left, right = fences[plain]
        return Atom(
            f"<mrow>{_operator(left, form='prefix', fence='true', stretchy='true')}{body}"
            f"{_operator(right, form='postfix', fence='true', stretchy='true')}</mrow>",
            "inner",
        )

    def end(self, name: str) -> None:
        self.expect(r"\end")
        found = self.raw_group()
        if found != name:
            raise TexError(f"\\begin{{{name}}} is closed by \\end{{{found}}}")

    def rows(self, name: str, style: str | None) -> Iterator[list[str]]:
        cells: list[str] = []
        while True:
            atoms = self.row(style)
            cells.append(_join(atoms))
            token = self.peek()
            if token == "&":
                self.next()
                continue
            if token == r"\\":
                self.next()
                self.option()
                yield cells
                cells = []
                continue
            self.end(name)
            if cells != [""]:
                yield cells
            return

    def table(self, rows: list[list[str]], align: str, kind: str) -> str:
        out = []
        for row in rows:
            cells = "".join(
                f'<mtd class="{"c" if kind == "gathered" else align[i % len(align)]}">{cell}</mtd>'
                for i, cell in enumerate(row)
            )
            out.append(f"<mtr>{cells}</mtr>")
        display = ' displaystyle="true"' if kind in {"aligned", "gathered"} else ""
        return f'<mtable class="{kind}"{display}>{"".join(out)}</mtable>'

    def all(self) -> list[Atom]:
        atoms = self.row()
        if self.peek():
            raise TexError(f"unexpected {self.peek()!r}")
        return atoms


def to_mathml(tex: str, *, display: bool = False) -> str:
    r"""Return *tex* as a ``<math>`` element.

    >>> to_mathml(r"P(c \mid d)")[:44]
    '<math><mi>P</mi><mo form="prefix" stretchy="'

    Raises:
        TexError: the formula is outside the subset.
    """
    parser = _Parser(re.sub(r"(?<!\\)%[^\n]*", "", tex.strip()))
    if display and re.search(r"\\\\", tex) and r"\begin" not in tex:
        parser = _Parser(r"\begin{aligned}" + tex + r"\end{aligned}")
    body = _join(parser.all())
    return (
        f'<math display="block">{body}</math>'
        if display
        else f"<math>{body}</math>"
    )
