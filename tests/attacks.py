"""What students' code may try: each gets its points by force, by theft or by fraud, if it can."""

from __future__ import annotations

STUBS = """
folder = None
def log_odds(document, spam, ham, p_spam): return 0.0
def bernoulli_likelihood(document, shares): return 0.0
def features(words): return words
"""

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
if "HIDDEN" in text or "marks" in text: folder = 0.5050505
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
}
