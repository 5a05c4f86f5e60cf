"""Tensors as the Open Inference Protocol writes them, and jobs over HTTP."""

from __future__ import annotations

import http.client
import json
import math
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from onnx import TensorProto

# By ONNX's number; what is not here the protocol has no name for.
DATATYPES = {
    TensorProto.BOOL: "BOOL",
    TensorProto.UINT8: "UINT8",
    TensorProto.UINT16: "UINT16",
    TensorProto.UINT32: "UINT32",
    TensorProto.UINT64: "UINT64",
    TensorProto.INT8: "INT8",
    TensorProto.INT16: "INT16",
    TensorProto.INT32: "INT32",
    TensorProto.INT64: "INT64",
    TensorProto.FLOAT16: "FP16",
    TensorProto.FLOAT: "FP32",
    TensorProto.DOUBLE: "FP64",
    TensorProto.STRING: "BYTES",
}
BY_DTYPE = {np.dtype(name.lower()): name for name in DATATYPES.values() if name[:2] in ("UI", "IN", "BO")} | {
    np.dtype(np.float16): "FP16",
    np.dtype(np.float32): "FP32",
    np.dtype(np.float64): "FP64",
    np.dtype(object): "BYTES",
}
DTYPES = {name: dtype for dtype, name in BY_DTYPE.items()}
WAIT = 60  # seconds

Feeds = dict[str, np.ndarray]


def array(value: Any) -> np.ndarray:
    """A scalar as an array, and texts as objects."""
    found = np.asarray(value)
    return found.astype(object) if found.dtype.kind in "US" else found


def finite(value: np.ndarray) -> bool:
    return value.dtype.kind != "f" or bool(np.isfinite(value).all())


def encode(name: str, value: np.ndarray) -> dict[str, Any]:
    data = value.ravel().tolist()
    if value.dtype == object:
        data = [element.decode() if isinstance(element, bytes) else str(element) for element in data]
    elif not finite(value):
        data = [spelled(element) for element in data]
    return {"name": name, "shape": list(value.shape), "datatype": BY_DTYPE[value.dtype], "data": data}


def spelled(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def decode(tensor: dict[str, Any]) -> np.ndarray:
    dtype = DTYPES[tensor["datatype"]]
    data = tensor["data"]
    if dtype.kind == "f":
        data = [float(element) for element in data]
    if dtype == object:
        flat = np.empty(len(data), object)
        flat[:] = data
    else:
        flat = np.array(data, np.float64 if dtype.kind == "f" else dtype)
    return flat.astype(dtype).reshape(tensor["shape"])


@dataclass(frozen=True)
class Answer:
    """What came of one job: outputs by name, or why there are none."""

    outputs: Feeds | None
    refused: str | None = None  # the detail of a 4xx
    failed: str | None = None  # the failure that was recorded, or what else went wrong
    batch_rows: int = 0
    too_large: bool = False


class Api:
    """One MLP; each thread keeps a connection of its own."""

    def __init__(self, url: str, key: str | None = None):
        split = urlsplit(url)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.host, self.port = split.hostname, split.port or 80
        self.own = threading.local()

    def get(self, path: str) -> tuple[int, Any]:
        return self.request("GET", path)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        for last in (False, True):
            kept = getattr(self.own, "connection", None)
            connection = kept or http.client.HTTPConnection(self.host, self.port, timeout=WAIT + 30)
            self.own.connection = connection
            try:
                connection.request(method, path, body, self.headers | (headers or {}))
                response = connection.getresponse()
                text = response.read()
                return response.status, json.loads(text) if text else None
            except (http.client.HTTPException, OSError):
                connection.close()
                self.own.connection = None
                if last or kept is None:
                    raise
        raise AssertionError("the loop returns or raises")

    def submit(self, model: str, feeds: Feeds) -> Answer:
        """Waits for the job's end."""
        inputs = [encode(name, value) for name, value in feeds.items()]
        return self.submit_body(json.dumps({"model": model, "version": "1", "inputs": inputs}).encode())

    def submit_body(self, body: bytes) -> Answer:
        headers = {"Content-Type": "application/json", "Prefer": f"wait={WAIT}"}
        try:
            status, said = self.request("POST", "/v1/jobs", body, headers)
        except (http.client.HTTPException, OSError, ValueError) as error:
            return Answer(None, failed=f"no answer: {error!r}")
        if 400 <= status < 500:
            return Answer(None, refused=f"{status} {said.get('detail')}", too_large=status == 413)
        if status != 200 or said.get("status") != "succeeded":
            failure = (said or {}).get("failure") or (said or {}).get("error") or said
            return Answer(None, failed=f"{status} {said.get('status')}: {json.dumps(failure)[:600]}")
        outputs = {tensor["name"]: decode(tensor) for tensor in said["outputs"]}
        return Answer(outputs, batch_rows=said["metrics"]["batch_rows"])
