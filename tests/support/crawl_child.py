"""A crawl in a process of its own: settings over the built ones, and names that resolve as the test says.

`python tests/support/crawl_child.py JOB.json PLAN.json`; the plan: overrides (settings), names (name → the answers of
its look-ups, one list of addresses a look-up, the last one from then on). Writes look-ups and peak memory beside it.
"""

import json
import re
import socket
import sys
from pathlib import Path
from typing import Any

from crawler.__main__ import crawl
from crawler.crawl_job import read_job

real = socket.getaddrinfo
looked_up: list[str] = []
job, plan_file = Path(sys.argv[1]), Path(sys.argv[2])
plan = json.loads(plan_file.read_text("utf-8"))


def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    answers = plan["names"].get(name)
    if answers is None:
        return real(host, port, *args, **kwargs)
    looked_up.append(name)
    found = answers[min(looked_up.count(name), len(answers)) - 1]
    return [entry for address in found for entry in real(address, port, type=socket.SOCK_STREAM)]


socket.getaddrinfo = getaddrinfo
socket.gethostbyname = lambda name: getaddrinfo(name, None)[0][4][0]
code = crawl(read_job(job), **plan["overrides"])
# not getrusage: its maximum begins with what the parent had when it forked
(peak,) = map(int, re.findall(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text("utf-8")))
plan_file.with_suffix(".told").write_text(json.dumps({"looked_up": looked_up, "peak_kib": peak}), "utf-8")
sys.exit(code)
