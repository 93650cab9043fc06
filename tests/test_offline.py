import socket
import subprocess
import sys

import pytest

import network_guard

ELSEWHERE = ("192.0.2.1", 80)
ASK = """
import sys
sys.path.insert(0, sys.argv[3])
import network_guard
network_guard.install()
from assistant.api import Assistant
assistant = Assistant.open(sys.argv[1], sys.argv[2], build=False)
answer = assistant.ask("S9357 duration")
assert answer.status.value == "answered", answer
assert assistant.ask("and its risks?", ["S9357 duration"]).quotes
assert assistant.search("rare risks", 3)
heavy = ("torch", "transformers", "sentence_transformers", "gradio", "matplotlib", "onnx", "pandas", "huggingface_hub")
heavy += ("scipy.sparse", "bm25s", "filelock", "charset_normalizer", "pydantic_settings", "numpy.ma")
heavy += ("assistant.building", "assistant.embedding")
print(",".join(name for name in heavy if name in sys.modules))
"""
HELP = """
import sys
sys.argv = ["assistant", "--help"]
from assistant.cli import main
try:
    main()
except SystemExit:
    pass
print("loaded:" + ",".join(name for name in ("torch", "numpy", "faiss", "onnxruntime", "gradio") if name in sys.modules))
"""


@pytest.mark.parametrize("connect", [lambda s: s.connect(ELSEWHERE), lambda s: s.connect_ex(ELSEWHERE)], ids=["connect", "connect_ex"])
def test_the_guard_refuses_to_leave_this_machine(connect):
    with socket.socket() as out, pytest.raises(network_guard.LeavesTheMachineError, match=r"192\.0\.2\.1"):
        connect(out)


def test_the_guard_refuses_the_other_ways_out():
    with pytest.raises(network_guard.LeavesTheMachineError):
        socket.create_connection(ELSEWHERE, timeout=1)
    with pytest.raises(network_guard.LeavesTheMachineError):
        socket.getaddrinfo("example.org", 443)
    with socket.socket(socket.AF_INET6) as out, pytest.raises(network_guard.LeavesTheMachineError):
        out.connect(("2001:db8::1", 80))


def test_the_guard_lets_a_connection_to_this_machine_pass():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        (None, True),
        ("192.168.0.1", False),
        ("example.org", False),
    ],
)
def test_the_guard_knows_what_is_here(host, here):
    assert network_guard.stays_here(host) is here


def test_answering_works_without_network_and_loads_no_training_library(root, corpus, index_folder):
    command = [sys.executable, "-c", ASK, str(corpus), str(index_folder), str(root / "tests")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_help_waits_for_no_numerical_library(root):
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, timeout=60, cwd=root)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_asking_writes_no_file(assistant, corpus, index_folder):
    def files():
        return {path: path.stat().st_mtime_ns for folder in (corpus, index_folder) for path in folder.rglob("*")}

    before = files()
    assistant.ask("a question that must not be written down")
    assert files() == before
