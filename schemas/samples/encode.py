#!/usr/bin/env python3
"""Makes samples with Apache Avro's own library (Debian: python3-avro), so that our codec is judged by bytes that it did not write.

    schemas/samples/encode.py inventory/StockSold.avsc ...     files relative to schemas/; samples that are there stay as they are

What a value is read as today comes from the library too, by its schema resolution; for records with an upcaster write it by hand (UPCAST below).
"""
import io
import json
import pathlib
import sys

import avro
import avro.io
import avro.schema

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOON = 1_647_345_600_000_000  # 2022-03-15T12:00:00Z, in microseconds


def renamed(value, **names):
    return {names.get(field, field): content for field, content in value.items()}


# Full name -> [(word in the file's name, fields that differ, record of today, value of today)]
UPCAST = {
    "streaming.inventory.ProductRegistered": [
        ("", {}, "streaming.inventory.v2.ProductRegistered", lambda v: renamed(v, name="displayName"))],
    "streaming.accounts.AccountOpened": [
        ("", {}, "streaming.accounts.v2.AccountOpened", lambda v: renamed(v, holder="holderName"))],
    "streaming.orders.OrderRevoked": [
        ("", {}, "streaming.orders.v2.OrderRevoked", lambda v: renamed(v, code="cause"))],
    "streaming.inventory.StockAdjusted": [
        (".found", {"quantity": 12}, "streaming.inventory.v2.StockFound", lambda v: v),
        (".lost", {"quantity": -20}, "streaming.inventory.v2.StockLost", lambda v: {**v, "quantity": -v["quantity"]})],
}


def version(path):
    last = path.stem.rsplit(".", 1)
    return (last[0], int(last[1])) if len(last) == 2 and last[1].isdigit() else (path.stem, 1)


def full_name(schema):
    return f"{schema['namespace']}.{schema['name']}"


FILES = {path: json.loads(path.read_text()) for path in ROOT.rglob("*.avsc")}
NEWEST = {full_name(FILES[path]): FILES[path] for path in sorted(FILES, key=lambda path: version(path)[1])}


def plain(schema, namespace, seen):
    """Complete, and without logical types: numbers stay the numbers that are written."""
    if isinstance(schema, str):
        name = schema if "." in schema or f"{namespace}.{schema}" not in NEWEST else f"{namespace}.{schema}"
        return plain(NEWEST[name], namespace, seen) if name in NEWEST and name not in seen else name
    if isinstance(schema, list):
        return [plain(branch, namespace, seen) for branch in schema]
    schema = {key: value for key, value in schema.items() if key not in ("logicalType", "precision", "scale")}
    if schema["type"] in ("record", "enum", "fixed"):
        namespace = schema.get("namespace", namespace)
        seen.add(f"{namespace}.{schema['name']}")
    if schema["type"] == "record":
        schema["fields"] = [{**field, "type": plain(field["type"], namespace, seen)} for field in schema["fields"]]
    elif schema["type"] == "array":
        schema["items"] = plain(schema["items"], namespace, seen)
    elif schema["type"] == "map":
        schema["values"] = plain(schema["values"], namespace, seen)
    return schema


def some(schema, name, position, namespace):
    if isinstance(schema, list):
        return some([branch for branch in schema if branch != "null"][-1], name, position, namespace)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return {field["name"]: some(field["type"], field["name"], i, namespace) for i, field in enumerate(schema["fields"])}
    if kind == "array":
        return [some(schema["items"], name, position, namespace)]
    if kind == "map":
        return {name: some(schema["values"], name, position, namespace)}
    if kind == "enum":
        return schema["symbols"][-1]
    if kind == "long" and isinstance(schema, dict) and "logicalType" in schema:
        return NOON
    if kind == "bytes" and isinstance(schema, dict) and schema.get("logicalType") == "decimal":
        return (1_234_500 + position).to_bytes(3, "big")
    if kind == "bytes":
        return bytes([position, 255])
    if kind == "string":
        return f"{name} — größer, 北"
    if kind == "boolean":
        return True
    if kind in ("int", "long"):
        return position + 1
    name = kind if kind in NEWEST else f"{namespace}.{kind}"
    return some(NEWEST[name], name, position, namespace)


def decimal_text(raw, scale):
    unscaled = int.from_bytes(raw, "big", signed=True)
    return f"{'-' if unscaled < 0 else ''}{abs(unscaled) // 10 ** scale}.{abs(unscaled) % 10 ** scale:0{scale}}"


def as_json(value, schema, namespace):
    """As ContractRules/Samples/SampleJson.cs has it."""
    if value is None:
        return None
    if isinstance(schema, list):
        return as_json(value, [branch for branch in schema if branch != "null"][-1], namespace)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return {field["name"]: as_json(value[field["name"]], field["type"], namespace) for field in schema["fields"]}
    if kind == "array":
        return [as_json(item, schema["items"], namespace) for item in value]
    if isinstance(value, bytes):
        return decimal_text(value, schema["scale"]) if isinstance(schema, dict) and "scale" in schema else value.hex()
    if isinstance(schema, str) and (schema in NEWEST or f"{namespace}.{schema}" in NEWEST):
        return as_json(value, NEWEST.get(schema) or NEWEST[f"{namespace}.{schema}"], namespace)
    return value


def parsed(schema):
    return avro.schema.parse(json.dumps(plain(schema, schema["namespace"], set())))


def store(path, word, schema, value, newest, today):
    target = ROOT / "samples" / path.relative_to(ROOT).parent / f"{version(path)[0]}.{version(path)[1]}{word}.json"
    if target.exists():
        return
    body = io.BytesIO()
    avro.io.DatumWriter(parsed(schema)).write(value, avro.io.BinaryEncoder(body))
    reader = avro.io.DatumReader(parsed(schema), parsed(NEWEST[full_name(schema)]))
    read = reader.read(avro.io.BinaryDecoder(io.BytesIO(body.getvalue())))
    namespace = schema["namespace"]
    sample = {
        "madeBy": f"Apache Avro {avro.__version__} for Python",
        "body": body.getvalue().hex(),
        "written": as_json(value, schema, namespace),
        "newest": newest,
        "value": today(as_json(read, NEWEST[full_name(schema)], namespace)),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(sample, indent=2, ensure_ascii=False) + "\n")
    print(target.relative_to(ROOT))


for name in sys.argv[1:]:
    file = ROOT / name
    contract = FILES[file]
    if contract["type"] != "record":
        continue
    value = some(contract, "", 0, contract["namespace"])
    for word, differing, newest, today in UPCAST.get(full_name(contract), [("", {}, full_name(contract), lambda v: v)]):
        store(file, word, contract, {**value, **differing}, newest, today)
