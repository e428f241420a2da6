"""Measure a service on this machine: python measure.py PROJECT BODY.json."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PORT, STARTS, REQUESTS = 8072, 5, 200
JSON = {"Content-Type": "application/json"}

project, body = sys.argv[1], Path(sys.argv[2]).read_bytes()


def ask(method, path, sent=None):
    """Send a request, and return what the service answers, as data."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request(method, f"/api/v1/{path}", sent, JSON)
    return json.load(connection.getresponse())


def start():
    """Start the service; return its process and the seconds until it is healthy."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--app-dir", project]
    process = subprocess.Popen(
        [*command, "--port", str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None:
        try:
            if ask("GET", "health")["model_loaded"]:
                return process, time.perf_counter() - began
        except ConnectionError:
            time.sleep(0.02)
    raise SystemExit("The service does not start")


def processor(process):
    """Return the seconds that a processor worked for the process so far (Linux)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def memory(process):
    """Return the megabytes that the process has in memory (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


starts, work, times = [], [], []
for number in range(STARTS):
    process, seconds = start()
    starts.append(seconds)
    work.append(processor(process))
    if number == STARTS - 1:
        for _ in range(REQUESTS):
            began = time.perf_counter()
            ask("POST", "predict", body)
            times.append((time.perf_counter() - began) * 1000)
        print(f"memory:   {memory(process):.0f} MB")
    process.terminate()
    process.wait()

print(f"start:    {statistics.median(starts):.1f} s (median of {STARTS})")
print(f"  of it on a processor: {statistics.median(work):.1f} s")
print(f"answer:   {statistics.median(times):.1f} ms (median of {REQUESTS})")
