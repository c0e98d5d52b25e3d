"""What the kit serves: to this machine only, and to nobody without the token."""

import http.client
import socket
import sys
from urllib.parse import quote, urlsplit

import pytest

from cmo_kit.widgets.serve.app import app_pages, main
from tests.helpers.servers import ROOT

KERNEL = "/api/kernels/00000000-0000-0000-0000-000000000000"  # of no kernel
SOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "MDAwMDAwMDAwMDAwMDAwMA=="}  # fmt: skip
PAGE = f"{quote(next(iter(app_pages())))}.ipynb"  # of the app
#: What each of the two answers, if the token comes with the question.
SERVED = [
    *(("voila_url", path) for path in ("/", "/voila/tree", f"/voila/render/{PAGE}")),
    *(("lab_address", path) for path in (
        "/lab", "/voila/tree", "/lab/tree/notebooks/00_start_here.ipynb", "/files/notebooks/pictures/gantt.png",
        "/api/contents/notebooks", "/api/kernels", "/api/sessions", "/api/terminals",
    )),
]  # fmt: skip


@pytest.fixture(params=["voila_url", "lab_address"])
def address(request: pytest.FixtureRequest) -> str:
    """The printed address of the page without code, and of JupyterLab, started as ``make`` starts them."""
    return str(request.getfixturevalue(request.param))


def asked(address: str, path: str, method: str = "GET", host: str = "", **headers: str) -> http.client.HTTPResponse:
    """What the server of an address answers when another path is asked for; its token is not sent by itself."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(host or str(place.hostname), place.port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse()
    finally:
        connection.close()


def token_of(address: str) -> str:
    return urlsplit(address).query.removeprefix("token=")


def test_the_printed_address_carries_a_long_token(address: str) -> None:
    assert len(token_of(address)) >= 40


@pytest.mark.parametrize("path", ["/", "/lab", "/?token=", "/?token=wrong", "/voila/render/x"])
def test_a_page_without_the_token_is_the_login(address: str, path: str) -> None:
    """The page itself, another path, an empty and a wrong token: all lead to the login within two steps."""
    answer = asked(address, path)
    if answer.status == 302 and "/login" not in answer.headers["Location"]:
        answer = asked(address, answer.headers["Location"])
    if (path, answer.status) == ("/lab", 404):
        return  # the app has no such page, and says so to everybody
    assert answer.status == 302
    assert "/login?next=" in answer.headers["Location"]


@pytest.mark.parametrize(("server", "path"), SERVED)
def test_what_the_token_opens_is_refused_without_it(server: str, path: str, request: pytest.FixtureRequest) -> None:
    address = str(request.getfixturevalue(server))
    for headers in ({}, SOCKET, {"Authorization": "token wrong"}):
        answer = asked(address, path, **headers)
        login = answer.status == 302 and "/login?next=" in answer.headers["Location"]
        assert answer.status == 403 or login, (headers, answer.status)
    assert asked(address, path, Authorization=f"token {token_of(address)}").status == 200


@pytest.mark.parametrize("path", ["notebooks/pictures/gantt.png", PAGE, ".secret"])
def test_voila_gives_no_file_even_with_the_token(address: str, path: str) -> None:
    assert asked(address, f"/voila/files/{path}", Authorization=f"token {token_of(address)}").status == 403


def test_a_websocket_is_refused_without_the_token(address: str) -> None:
    """A page of another site cannot reach a kernel; with the token the answer is that there is no such kernel."""
    assert asked(address, f"{KERNEL}/channels", **SOCKET).status == 403
    assert asked(address, f"{KERNEL}/channels?token=wrong", **SOCKET).status == 403


def test_a_kernel_is_neither_shown_nor_ended_without_the_token(address: str) -> None:
    for method in ("GET", "DELETE"):
        assert asked(address, KERNEL, method).status == 403
    assert asked(address, KERNEL, Authorization=f"token {token_of(address)}").status == 404


def test_only_this_machine_is_answered(address: str) -> None:
    """A server on all addresses would also answer on 127.0.0.2, which is this machine by another address."""
    place = urlsplit(address)
    assert asked(address, "/login").status == 200
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", int(place.port or 0)), 5):
        pass


def test_make_starts_what_is_tested_here() -> None:
    recipes = (ROOT / "Makefile").read_text()
    assert " jupyter lab $(LAB_OPTIONS)\n" in recipes
    assert "\n\t$(BIN)/python -m cmo_kit.widgets.serve.app\n" in recipes


def test_nothing_else_in_the_kit_listens() -> None:
    """Runs speak through pipes and pairs of sockets; a Dask scheduler is somebody else's, and only connected to."""
    for path in (ROOT / "cmo_kit").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for word in (".listen(", ".bind(", "create_server(", "LocalCluster", "0.0.0.0", "HTTPServer"):
            assert word not in source, f"{path.relative_to(ROOT)} has {word}"


def test_without_voila_one_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "voila.app", None)
    monkeypatch.setenv("JUPYTER_PATH", "")  # given back after the test
    assert main([]) == 2
    assert (
        capsys.readouterr().err == "Voila is not installed; it comes with the extra 'app': pip install 'cmo-kit[app]'\n"
    )
