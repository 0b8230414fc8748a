"""A service that is told to end ends, at whatever moment it is told."""

import subprocess
import sys

import pytest

from core.runtime.paths import ROOT

WAITING = """
import faulthandler, os, signal, sys, threading
from core.runtime.termination import told_to_end

faulthandler.dump_traceback_later(15, exit=True)
at, step = int(sys.argv[1]), 0


def tell_at_a_step(frame, event, arg):
    global step
    step += 1
    if step == at:
        sys.settrace(None)
        signal.raise_signal(signal.SIGTERM)
    return tell_at_a_step


later = threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGTERM])
later.daemon = True
with told_to_end(signal.SIGINT, signal.SIGTERM) as wait:
    later.start()
    sys.settrace(tell_at_a_step)
    heard = wait()
    sys.settrace(None)
assert heard == signal.SIGTERM, heard
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
"""


@pytest.mark.parametrize("step", [*range(1, 10), 1000])
def test_a_signal_at_any_step_of_the_wait_ends_it(step: int) -> None:
    """`Event.wait` holds a lock for some of its steps, which a handler that sets the event asks for: it hung."""
    done = subprocess.run(
        [sys.executable, "-c", WAITING, str(step)], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
