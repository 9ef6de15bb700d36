"""Takes a command line apart as the shell it was copied for would: sh, or the command prompt of Windows."""

from __future__ import annotations

import re

from fetchtozip_gui.core.errors import RecipeError

OPEN, CLOSE = "\ue000", "\ue001"
"""Stand around the name of a variable in a word: nothing is looked up here."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
_NUMBERED = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_END = "|;&<>\n"


def split(text: str) -> tuple[list[str], str]:
    """The words of the first command, and what follows it (a pipe, another command); `RecipeError` for open quotes."""
    if OPEN in text or CLOSE in text:
        text = text.replace(OPEN, "").replace(CLOSE, "")
    if _is_prompt(text):
        return _of_prompt(text), ""
    return _Shell(text).words()


def _is_prompt(text: str) -> bool:
    return bool(re.search(r'\^(\r?\n|")', text)) and "$'" not in text


class _Shell:
    """Quotes of sh, with `$'…'` of bash; line continuations too."""

    def __init__(self, text: str) -> None:
        # a lone backtick at the end of a line goes on in PowerShell
        self._text = re.sub(r"[ \t]`\r?\n", " ", re.sub(r"\\\r?\n", "", text))
        self._at = 0

    def words(self) -> tuple[list[str], str]:
        found: list[str] = []
        word: list[str] | None = None
        while self._at < len(self._text):
            character = self._text[self._at]
            if character in " \t\r" or character in _END:
                if word is not None:
                    found.append("".join(word))
                    word = None
                if character in _END and found:
                    return found, self._text[self._at :].strip()
                self._at += 1
                continue
            if word is None:
                word = []
            word.append(self._piece(character))
        if word is not None:
            found.append("".join(word))
        return found, ""

    def _piece(self, character: str) -> str:
        if self._text.startswith("$'", self._at):
            return self._ansi()
        if self._text.startswith('$"', self._at):
            self._at += 1
            character = '"'
        if character == "'":
            end = self._text.find("'", self._at + 1)
            if end < 0:
                raise _unclosed("'")
            piece = self._text[self._at + 1 : end]
            self._at = end + 1
            return piece
        if character == '"':
            return self._quoted()
        if character == "\\":
            self._at += 2
            return self._text[self._at - 1 : self._at]
        return self._variable() or self._plain()

    def _plain(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def _variable(self) -> str:
        found = _VARIABLE.match(self._text, self._at)
        if not found:
            return ""
        self._at = found.end()
        return f"{OPEN}{found[1] or found[2]}{CLOSE}"

    def _quoted(self) -> str:
        self._at += 1
        made: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._at += 1
                return "".join(made)
            if character == "\\" and self._text[self._at + 1 : self._at + 2] in ('"', "\\", "$", "`"):
                self._at += 1
                made.append(self._plain())
            else:
                made.append(self._variable() or self._plain())
        raise _unclosed('"')

    def _ansi(self) -> str:
        self._at += 2
        made: list[str] = []
        while self._at < len(self._text):
            character = self._plain()
            if character == "'":
                # halves of a character beyond the first 65,536 are written one by one
                return "".join(made).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if character != "\\":
                made.append(character)
                continue
            if found := _NUMBERED.match(self._text, self._at):
                self._at = found.end()
                digits = found[1] or found[2] or found[3]
                number = int(digits, 16) if digits else int(found[4], 8)
                made.append(chr(number) if number < 0x110000 else "\ufffd")
            else:
                escaped = self._plain() if self._at < len(self._text) else ""
                made.append(_ESCAPES.get(escaped, escaped))
        raise _unclosed("'")


def _of_prompt(text: str) -> list[str]:
    """Carets first, as the prompt does, then quotes and backslashes as programs on Windows do."""
    plain: list[str] = []
    quoted, at = False, 0
    while at < len(text):
        character = text[at]
        if character == "^" and not quoted and at + 1 < len(text):
            at += 2 if not text.startswith("\r\n", at + 1) else 3
            plain.append("" if text[at - 1] == "\n" else text[at - 1])
            continue
        if character == '"':
            quoted = not quoted
        if character in "\r\n" and not quoted:
            break
        plain.append(character)
        at += 1
    return _arguments("".join(plain))


def _arguments(line: str) -> list[str]:
    found: list[str] = []
    word: list[str] | None = None
    quoted, at = False, 0
    while at < len(line):
        character = line[at]
        if character in " \t" and not quoted:
            if word is not None:
                found.append("".join(word))
                word = None
            at += 1
            continue
        word = [] if word is None else word
        if character == "\\":
            end = at
            while line[end : end + 1] == "\\":
                end += 1
            count = end - at
            escapes = line[end : end + 1] == '"'
            word.append("\\" * (count // 2 if escapes else count) + ('"' if escapes and count % 2 else ""))
            at = end + (count % 2 if escapes else 0)
        elif character == '"' and quoted and line[at + 1 : at + 2] == '"':
            word.append('"')
            at += 2
        elif character == '"':
            quoted = not quoted
            at += 1
        else:
            word.append(character)
            at += 1
    if quoted:
        raise _unclosed('"')
    return [*found, "".join(word)] if word is not None else found


def _unclosed(mark: str) -> RecipeError:
    return RecipeError(f"The command is cut: a quote {mark} is opened and never closed.", "Copy all of it.")
