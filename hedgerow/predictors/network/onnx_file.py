"""Read and write ONNX files by protobuf, which ONNX Runtime brings along; the `onnx` package is for training only.

Only the fields that `graph` reads are declared here, by their numbers in ONNX's onnx.proto. Protobuf keeps the others
as they are, so that what is written is what was read but for the changes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from numpy.typing import NDArray

_PACKAGE = "hedgerow.onnx"  # not "onnx": both may be loaded in one process
_FLOAT = 1  # TensorProto.DataType
_EXTERNAL = 1  # TensorProto.DataLocation
_TYPES = {_FLOAT: np.float32, 2: np.uint8, 3: np.int8, 7: np.int64}
# Message: field: (number, type, whether it is repeated). A type in capitals is another message.
_SCHEMA: dict[str, dict[str, tuple[int, str, bool]]] = {
    "Model": {"graph": (7, "Graph", False)},
    "Graph": {"node": (1, "Node", True), "initializer": (5, "Tensor", True)},
    "Node": {
        "input": (1, "string", True),
        "output": (2, "string", True),
        "name": (3, "string", False),
        "op_type": (4, "string", False),
        "attribute": (5, "Attribute", True),
        "domain": (7, "string", False),
    },
    "Attribute": {"name": (1, "string", False), "i": (3, "int64", False)},
    "Tensor": {
        "dims": (1, "int64", True),
        "data_type": (2, "int32", False),
        "name": (8, "string", False),
        "raw_data": (9, "bytes", False),
        "external_data": (13, "Entry", True),
        "data_location": (14, "int32", False),
    },
    "Entry": {"key": (1, "string", False), "value": (2, "string", False)},
}


def parse(content: bytes) -> Any:
    """Return an ONNX file as a message; raise google.protobuf.message.DecodeError if it is none."""
    return _model_class().FromString(content)


def to_array(tensor: Any) -> NDArray[Any]:
    """Return the values of a tensor that is stored as bytes, as exporters do."""
    return np.frombuffer(tensor.raw_data, _TYPES[tensor.data_type]).reshape(tensor.dims)


def make_external(tensor: Any, shape: tuple[int, ...]) -> None:
    """Make `tensor` one of single precision whose values ONNX Runtime gets apart from the file."""
    name = tensor.name
    tensor.Clear()
    tensor.name, tensor.data_type, tensor.data_location = name, _FLOAT, _EXTERNAL
    tensor.dims.extend(shape)
    tensor.external_data.add(key="location", value="memory")  # required, and not read


@cache
def _model_class() -> Any:
    """Return the class of an ONNX file: the messages of `_SCHEMA`, in a pool of their own."""
    file = descriptor_pb2.FileDescriptorProto(name="hedgerow_onnx.proto", package=_PACKAGE, syntax="proto2")
    for message, fields in _SCHEMA.items():
        described = file.message_type.add(name=message)
        for field, (number, kind, repeated) in fields.items():
            added = described.field.add(name=field, number=number)
            added.label = added.LABEL_REPEATED if repeated else added.LABEL_OPTIONAL
            if kind in _SCHEMA:
                added.type, added.type_name = added.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                added.type = getattr(added, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Model"))
