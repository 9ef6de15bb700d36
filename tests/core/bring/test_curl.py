"""A cURL command asks for what it would ask for in its shell."""

# ruff: noqa: E501 - an example a line

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from fetchtozip_gui.core.bring import Brought, bring
from fetchtozip_gui.core.bring.words import split

URL = "https://api.example.com/orders"


def made(command: str) -> Brought:
    (one,) = bring(command)
    return one


def source(command: str) -> dict[str, Any]:
    found = made(command).recipe["source"]
    assert found.pop("type") == "http"
    return dict(found)


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (f"curl {URL}", {"url": URL}),
        (f"$ curl '{URL}'", {"url": URL}),
        (f"/usr/bin/curl -sSL --compressed '{URL}' -o out.json", {"url": URL}),
        (f"curl.exe --url {URL}", {"url": URL}),
        ("curl api.example.com/orders", {"url": "http://api.example.com/orders"}),
        (f"curl -XPOST {URL}", {"url": URL, "method": "POST"}),
        (f"curl --request=POST {URL}", {"url": URL, "method": "POST"}),
        (f"curl -H'X-A: 1' -H 'Accept: text/csv' {URL}", {"url": URL, "headers": {"X-A": "1", "Accept": "text/csv"}}),
        (f"curl -H 'Host: x' -H 'sec-ch-ua: y' -H ':method: GET' -H 'X-Empty:' {URL}", {"url": URL}),
        (f"""curl {URL} -d '{{"a": 1}}'""", {"url": URL, "method": "POST", "json": {"a": 1}}),
        (f"""curl {URL} --data-raw '{{"a": "it'\\''s"}}'""", {"url": URL, "method": "POST", "json": {"a": "it's"}}),
        (f"""curl {URL} --json '{{"a": ' --json '1}}'""", {"url": URL, "method": "POST", "json": {"a": 1}}),
        (f"""curl {URL} --data-binary $'{{"a": "\\u00e9\\'\\ud83d\\ude00"}}'""", {"url": URL, "method": "POST", "json": {"a": "é'😀"}}),
        (f"curl -G {URL} -d a=1 --data-urlencode 'q=x y'", {"url": f"{URL}?a=1&q=x%20y"}),
        (f"curl --get {URL}?z=0 -d a=1", {"url": f"{URL}?z=0&a=1"}),
        (f"curl -k -x proxy:3128 -m 7.5 {URL}", {"url": URL, "verify_tls": False, "proxy": "http://proxy:3128", "timeout": 7.5}),
        (f"curl -A Me -e https://r.example {URL}", {"url": URL, "headers": {"User-Agent": "Me", "Referer": "https://r.example"}}),
        (f'curl "{URL}?q=a\\"b\\$c"', {"url": f'{URL}?q=a"b$c'}),
        (f"curl \\\n  '{URL}' \\\n  -H 'X-A: 1'", {"url": URL, "headers": {"X-A": "1"}}),
        (f"curl `\n  '{URL}'".replace("`", " `"), {"url": URL}),
        (f'curl "{URL}?a=1&b=2" ^\r\n  -H "X-A: 1"', {"url": f"{URL}?a=1&b=2", "headers": {"X-A": "1"}}),
        (f'curl --url ^"{URL}?a=1^&b=^%^20x^" ^\n  -H ^"X-A: 1^"', {"url": f"{URL}?a=1&b=%20x", "headers": {"X-A": "1"}}),
        (f'curl ^"{URL}^" ^\n --data-raw ^"^{{^\\^"a^\\^":^\\^"b c^\\^"^}}^"', {"url": URL, "method": "POST", "json": {"a": "b c"}}),
    ],
)  # fmt: skip
def test_options(command: str, wanted: dict[str, Any]) -> None:
    assert source(command) == wanted


@pytest.mark.parametrize(
    ("command", "auth", "secrets"),
    [
        (f"curl -u me:pw {URL}", {"type": "basic", "username": "me", "password": "keyring:api.example.com password"}, ["pw"]),
        ("curl https://me:pw@api.example.com/orders", {"type": "basic", "username": "me", "password": "keyring:api.example.com password"}, ["pw"]),
        (f"curl -H 'authorization: Bearer tok' {URL}", {"type": "bearer", "token": "keyring:api.example.com token"}, ["tok"]),
        (f"curl -H 'Authorization: Basic bWU6cHc=' {URL}", {"type": "basic", "username": "me", "password": "keyring:api.example.com password"}, ["pw"]),
        (f"curl --oauth2-bearer tok {URL}", {"type": "bearer", "token": "keyring:api.example.com token"}, ["tok"]),
        (f"curl -b 'sid=1; t=2' {URL}", {"type": "cookie", "cookies": {"sid": "keyring:api.example.com cookie sid", "t": "keyring:api.example.com cookie t"}}, ["1", "2"]),
        (f'curl -H "Authorization: Bearer $TOKEN" {URL}', {"type": "bearer", "token": "env:TOKEN"}, []),
        (f'curl -u "me:${{PASS}}" {URL}', {"type": "basic", "username": "me", "password": "env:PASS"}, []),
    ],
)  # fmt: skip
def test_credentials(command: str, auth: dict[str, Any], secrets: list[str]) -> None:
    one = made(command)
    assert one.recipe["source"]["auth"] == auth
    assert list(one.secrets.values()) == secrets


def test_what_is_left_out_is_told() -> None:
    one = made(f"curl {URL} --frobnicate -b jar.txt -H @heads | jq '.data' > out")
    assert [note.partition(":")[0] for note in one.notes] == [
        "What follows the command is left out",
        "--frobnicate is left out.",
        "The cookies in the file jar.txt are left out.",
        "The headers in the file heads are left out.",
    ]


def test_every_address_is_a_source() -> None:
    assert [one.recipe["source"]["url"] for one in bring("curl https://a.example/x https://a.example/y")] == [
        "https://a.example/x",
        "https://a.example/y",
    ]


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="bash says how words are split")
@pytest.mark.parametrize(
    "line",
    [
        """curl a 'b c' "d e" f\\ g""",
        """curl "a\\"b" 'c"d' "e'f" g'h'i"j" """,
        """curl $'a\\nb\\t\\x41\\u00e9\\101\\\\' ''""",
        """curl "a\\b\\\\c" '\\' "\\`" x""",
        "curl a\\\n  b \\\n c",
        """curl "two
lines" 'and
more'""",
    ],
)
def test_words_are_what_bash_makes_of_them(line: str) -> None:
    shown = subprocess.run(
        ["bash", "-c", f"curl() {{ printf '%s\\0' curl \"$@\"; }}\n{line}"], capture_output=True, text=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert split(line)[0] == shown.stdout.split("\0")[:-1]


def test_what_we_copy_can_be_pasted() -> None:
    from fetchtozip_gui.core.recipe import Recipe
    from fetchtozip_gui.core.scripts import as_source_curl

    document = {"version": 1, "source": {"type": "http", "url": f"{URL}?a=1", "headers": {"X-A": "it's"}, "auth": {"type": "bearer", "token": "env:T"}, "pagination": "none"}}  # fmt: skip
    one = made(as_source_curl(Recipe.parse(document).source))
    wanted = json.loads(json.dumps(document["source"]))
    del wanted["pagination"]
    assert one.recipe["source"] == wanted
