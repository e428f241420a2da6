"""Compare a model in scikit-learn and in ONNX: python measure.py FIGURES.csv [ROUNDS]."""

import csv
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 300

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, _ = train_test_split(x, y, random_state=0)
model = RandomForestClassifier(n_estimators=50, max_depth=8, random_state=0).fit(x_train, y_train)
x_test = x_test.astype(np.float32)
data = to_onnx(model, x_test[:1], options={"zipmap": False}).SerializeToString()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def timed(call):
    """Return the median of the processor time of many calls, in milliseconds."""
    call()
    times = []
    for _ in range(rounds):
        begin = time.process_time_ns()
        call()
        times.append(time.process_time_ns() - begin)
    return statistics.median(times) / 1e6


def start(code):
    """Return the processor time of a new process that only imports and loads."""
    times = []
    for _ in range(min(rounds, 5)):
        begin = os.times()
        subprocess.run([sys.executable, "-c", code], check=True)
        end = os.times()
        times.append(end.children_user - begin.children_user)
        times[-1] += end.children_system - begin.children_system
    return statistics.median(times) * 1000


with tempfile.TemporaryDirectory() as directory:
    onnx, pickled = Path(directory, "model.onnx"), Path(directory, "model.pkl")
    onnx.write_bytes(data)
    pickled.write_bytes(pickle.dumps(model))
    mode = "rb"
    rows = [
        ["", "scikit-learn", "ONNX Runtime"],
        ["File (kB)", f"{pickled.stat().st_size / 1000:.0f}", f"{len(data) / 1000:.0f}"],
        [
            "Import and load (ms of processor time)",
            f"{start(f'import pickle; pickle.loads(open({str(pickled)!r}, {mode!r}).read())'):.0f}",
            f"{start(f'import onnxruntime as o; o.InferenceSession({str(onnx)!r})'):.0f}",
        ],
    ]
    for count in (1, 100):
        part = x_test[:count]
        rows.append(
            [
                f"Predict {count} (ms of processor time)",
                f"{timed(lambda part=part: model.predict_proba(part)):.3f}",
                f"{timed(lambda part=part: session.run(None, {'X': part})):.3f}",
            ]
        )

with Path(sys.argv[1]).open("w", encoding="utf-8", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows(rows)
