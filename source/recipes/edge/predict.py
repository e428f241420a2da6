"""Predict with nothing but NumPy and ONNX Runtime: python predict.py MODEL.onnx INPUTS.csv."""

import sys

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1  # small devices: leave the other processors alone
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])

rows = np.loadtxt(sys.argv[2], delimiter=",", dtype=np.float32, ndmin=2)
labels, _ = session.run(None, {session.get_inputs()[0].name: rows})
print(*labels, sep="\n")
