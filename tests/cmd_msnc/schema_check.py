#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs msnc against a scripted daemon and validates each line that --json prints by its schema.

usage: schema_check.py MSNC; exit 77 if python3-jsonschema is not there.
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

try:
    import jsonschema
    Validator = jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print("skipped: python3-jsonschema (4 or later) is not installed")
    sys.exit(77)

HELLO = "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block once allow long quiet said who with last since nicks shared\n"
T = "2026-11-22T15:04:05.123Z"
EVENTS = "".join(
    f"EV {i} {T} {line}\n"
    for i, line in enumerate(
        [
            "MSG 4 3 bob@x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\nhi",
            "TYPING bob@x", "STCH bob@x away", "STCH bob@x offline 2", "UADD bob@x", "UDEL bob@x",
            "ADDFL bob@x", "DELFL bob@x", "MFLUSH bob@x", "SCLOSE USER bob@x 1", "SCLOSE MAIN",
            "SOPEN MAIN", "ERR 217 User not online", "GAP 3", "GAP ?", "SENT i1 bob@x",
            "FAILED i1 bob@x 217 User not online", "XFUTURE a b",
            "ERR 215 User already there WHO=bob@x REQUEST=ADD",
            "SAID 3 2 bob@x\nContent-Type: text/plain\n\nhello",
            "Zo%C3%AB TYPING bob@x",
        ],
        1,
    )
).encode() + f"EV 22 {T} MSG 4 3 bob@x\nA: b\nContent-Type: text/plain\n\ncaf".encode() + b"\xe9\nPOLLEND 22 0\n"
LEGACY = b"TYPING bob@x\nSTCH bob@x offline 0\nPOLLEND\n"
STATE = (
    "account = default\nstate = online\nemail = me@x\nnick = Me\nstatus = away\npublic = 1\nauth = 0\n"
    f"since = {T}\nnetwork = local\nqueued = 0\npending = 3\ntext_limit = 60000\ninvisible = 1\nversion = 1.0.0\n\n"
)
# words, what the daemon answers (HELLO is answered always), the definitions that must be seen
CASES = [
    (["login", "me@x", "--password-command", "echo x"], "OK\n", ["login"]),
    (["login", "--register", "me@x", "--status", "away", "--password-command", "echo x"], "OK\n", ["login"]),
    (["passwd", "--password-stdin"], "OK\n", ["passwd"]),
    (["accounts"], STATE, ["accounts"]),
    (["logoff"], "OK\n", ["logoff"]),
    (["status", "away"], "OK\n", ["status"]),
    (["status"], STATE, ["status"]),
    (["status"], "\n", ["status"]),
    (["nick", "Me"], "OK\n", ["nick"]),
    (["priv", "1", "0"], "OK\n", ["priv"]),
    (["add", "bob@x", "Bob"], "OK\n", ["add"]),
    (["ren", "bob@x", "Bob"], "OK\n", ["ren"]),
    (["del", "bob@x"], "OK\n", ["del"]),
    (["block", "bob@x"], "OK\n", ["block"]),
    (["unblock", "bob@x"], "OK\n", ["unblock"]),
    (["allow", "bob@x"], "OK\n", ["allow"]),
    (["deny", "Bob"], "OK bob@x\n", ["deny"]),
    (["type", "bob@x"], "OK\n", ["type"]),
    (["info", "bob@x"], "email = bob@x\nnick = Bob\nhomep = 1\nmore = x\nforward = 1\nblocked = 0\nasks = 1\nnote = hi\n\n", ["info"]),
    (["contacts"], "CL 1\nonline bob@x Bob\n", ["contacts"]),
    (["contacts", "--reverse"], "CL 1\noffline bob@x Bob asks\n", ["contacts"]),
    (["contacts", "--blocked"], "CL 0\n", ["contacts"]),
    (["contacts", "-e"], "CL 0\n", ["error"]),
    (["send", "bob@x", "hi"], "OK\n", ["send"]),
    (["send", "bob@x", "--id", "job", "--", "hi"], "OK job\n", ["send"]),
    (["-t", "0.1", "send", "bob@x", "hi"], "", ["error"]),
    (["send", "--to", "a@x", "--to", "b@x", "hi"], "ERR UNK USER\n", ["send", "error"]),
    (["queue", "new", "bot"], "OK\n", ["queue"]),
    (["queue", "ls"], "QL 1\n- 3 17\n", ["queue"]),
    (["ack", "17"], "OK 3\n", ["ack"]),
    (["ping"], "", ["ping"]),
    (["raw", "POLL"], "ERR ENOTCONN\n", ["raw"]),
    (["poll"], EVENTS, None),
    (["poll", "-v"], LEGACY, ["event.typing", "note"]),
    (["log", "--trace"], EVENTS, ["trace"]),
    (["poll", "-n"], "", ["dry_run"]),
    (["poll"], "ERR ENOTCONN\n", ["error"]),
    (["poll", "--frob"], "", ["error"]),
    (["frob"], "", ["error"]),
    (["poll", "-s", "/nonexistent"], "", ["error"]),
    (["watch", "--exec-tries", "2", "--exec", "false"], EVENTS, ["warning", "error"]),
]


def serve(listener, answer):
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            while data := client.recv(65536):
                if data.startswith(b"HELLO"):
                    client.sendall(HELLO.encode())
                elif not data.startswith(b"ACK") or answer[0].startswith(b"OK"):
                    client.sendall(answer[0])


def main(msnc):
    schema = json.loads(subprocess.run([msnc, "schema"], check=True, capture_output=True).stdout)
    Validator.check_schema(schema)
    lines_of = {
        name: Validator({"$schema": schema["$schema"], "$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
        for name in schema["$defs"]
    }
    any_line = Validator(schema)
    seen, failed = set(), 0
    with tempfile.TemporaryDirectory() as place:
        os.mkdir(os.path.join(place, "msncd"), 0o700)
        path = os.path.join(place, "msncd", "default.sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(8)
        answer = [b""]
        threading.Thread(target=serve, args=(listener, answer), daemon=True).start()
        environment = {"MSNC_SOCKET": path, "XDG_RUNTIME_DIR": place, "PATH": os.environ["PATH"], "HOME": place}
        for words, reply, wanted in CASES:
            answer[0] = reply if isinstance(reply, bytes) else reply.encode()
            ran = subprocess.run([msnc, "--json", *words], capture_output=True, env=environment,
                                 input=b"old\nnew\n" if "passwd" in words else b"", timeout=30, check=False)
            here = set()
            for line in (ran.stdout + ran.stderr).decode("utf-8").splitlines():
                value = json.loads(line)
                for problem in any_line.iter_errors(value):
                    print(f"{words}: {line}: {problem.message}")
                    failed += 1
                    break
                here |= {name for name, it in lines_of.items() if it.is_valid(value)}
            for name in wanted or []:
                if name not in here:
                    print(f"{words}: no {name} in {ran.stdout!r} {ran.stderr!r}")
                    failed += 1
            seen |= here
    for name in set(schema["$defs"]) - seen - {"error_body", "event_body"}:
        print(f"{name} is in the schema, but no case printed it")
        failed += 1
    print(f"{len(CASES)} commands, {len(seen)} definitions seen, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
