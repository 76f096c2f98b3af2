#!/usr/bin/env python3
"""A client of Heliograph in Python, with none of its code: only its schemas and public libraries.

Submits queries as events, waits for their completions, downloads the artifacts that those name, and checks them.

    heliograph_client.py --gallery shapes --caption "is red" photo.jpg s3://bucket/references/other.jpg

A file is sent inside of the event, an s3:// address only by name. Addresses come from the variables that
`heliograph demo --keep` prints. Reading committed is what makes completions unique: keep that setting.
"""

import argparse
import hashlib
import io
import json
import os
import sys
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import fastavro
import numpy
from confluent_kafka import Consumer, Producer, TopicPartition
from PIL import Image

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "src" / "main"
QUERIES, COMPLETIONS = "cir.query.v1", "cir.completion.v1"


def schema(path):
    return fastavro.parse_schema(json.loads(path.read_text()))


def fingerprint(raw):
    """CRC-64-AVRO of the canonical form, as Avro's single-object encoding names a schema."""
    canonical = fastavro.schema.to_parsing_canonical_form(raw)
    return bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))


def known_schemas(name):
    """Every released schema of an event and the current one, by the ten bytes that values begin with."""
    files = [SCHEMAS / "avro" / f"{name}.avsc"]
    files += (SCHEMAS / "resources/dev/heliograph/events/released").glob(f"{name}-*.avsc")
    return {b"\xc3\x01" + fingerprint(json.loads(f.read_text())): schema(f) for f in files}


def encode(event):
    raw = json.loads((SCHEMAS / "avro/QueryRequested.avsc").read_text())
    value = io.BytesIO()
    value.write(b"\xc3\x01" + fingerprint(raw))
    fastavro.schemaless_writer(value, fastavro.parse_schema(raw), event)
    return value.getvalue()


def decode(value, schemas, current):
    written = schemas.get(value[:10])
    if written is None:
        raise ValueError(f"a value that begins with {value[:10].hex()} is no completion that this client knows")
    return fastavro.schemaless_reader(io.BytesIO(value[10:]), written, current)


def query(reference, arguments):
    if reference.startswith("s3://"):
        image = ("dev.heliograph.events.ImageLocation", {"uri": reference, "sha256": None})
    else:
        image = ("dev.heliograph.events.InlineImage", {"bytes": Path(reference).read_bytes()})
    return {
        "queryId": str(uuid.uuid4()),
        "gallery": arguments.gallery,
        "reference": image,
        "captions": arguments.caption,
        "topK": arguments.top_k,
        "submittedAt": datetime.now(timezone.utc),
    }


def headers(event):
    """CloudEvents in Kafka's binary mode, and a trace of one's own."""
    return [
        ("ce_specversion", "1.0"),
        ("ce_id", event["queryId"] + "/request"),
        ("ce_source", "/python-client"),
        ("ce_type", "dev.heliograph.events.QueryRequested"),
        ("ce_time", event["submittedAt"].isoformat()),
        ("ce_subject", event["queryId"]),
        ("content-type", "application/avro"),
        ("traceparent", f"00-{uuid.uuid4().hex}-{os.urandom(8).hex()}-01"),
    ]


def from_now_on(brokers):
    """A consumer of completions that begins where their topic ends now: open it before submitting."""
    consumer = Consumer(
        {"bootstrap.servers": brokers, "group.id": f"python-client-{uuid.uuid4()}",
         "isolation.level": "read_committed", "enable.auto.commit": False})
    partitions = consumer.list_topics(COMPLETIONS, timeout=30).topics[COMPLETIONS].partitions
    ends = [consumer.get_watermark_offsets(TopicPartition(COMPLETIONS, p), timeout=30)[1] for p in partitions]
    consumer.assign([TopicPartition(COMPLETIONS, p, end) for p, end in zip(partitions, ends)])
    return consumer


def submit(brokers, events):
    failures = []
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True, "message.max.bytes": 16 << 20})
    for event in events:
        producer.produce(QUERIES, key=event["queryId"], value=encode(event), headers=headers(event),
                         on_delivery=lambda error, message: error and failures.append(error))
    if producer.flush(60) or failures:
        raise RuntimeError(f"not published: {failures or 'no answer from the broker'}")


def completions(consumer, events, seconds):
    schemas, current = known_schemas("QueryCompletion"), schema(SCHEMAS / "avro/QueryCompletion.avsc")
    missing, deadline = {event["queryId"] for event in events}, time.monotonic() + seconds
    while missing and time.monotonic() < deadline:
        message = consumer.poll(1.0)
        if message is None or (message.key() or b"").decode() not in missing:
            continue
        if message.error():
            raise RuntimeError(message.error())
        missing.remove(message.key().decode())
        yield decode(message.value(), schemas, current), {n: v.decode() for n, v in message.headers()}
    if missing:
        raise TimeoutError(f"no completion within {seconds} s of {sorted(missing)}")


def fetch(store, artifact):
    """The bytes of an artifact, which must be those that the event vouches for."""
    address = urlsplit(artifact["uri"])
    data = store.get_object(Bucket=address.netloc, Key=address.path[1:])["Body"].read()
    if len(data) != artifact["bytes"] or hashlib.sha256(data).hexdigest() != artifact["sha256"]:
        raise ValueError(f"{artifact['uri']} is not what its event says")
    return data


def check(store, saliency):
    """Downloads a map and its overlay; both must have the size of the image they explain."""
    height, width = saliency["geometry"]["imageHeight"], saliency["geometry"]["imageWidth"]
    array = numpy.load(io.BytesIO(fetch(store, saliency["array"])), allow_pickle=False)
    overlay = Image.open(io.BytesIO(fetch(store, saliency["heatmap"])))
    if array.shape != (height, width) or array.dtype != numpy.dtype("<f4") or (array < 0).any():
        raise ValueError(f"{saliency['array']['uri']}: {array.shape}, {array.dtype}")
    if overlay.format != "PNG" or overlay.size != (width, height):
        raise ValueError(f"{saliency['heatmap']['uri']}: {overlay.format}, {overlay.size}")
    return array


def show(store, completion, headers):
    print(f"{completion['queryId']}  {completion['outcome']}  trace {headers.get('traceparent', '-')}")
    if completion["failure"]:
        print(f"  {completion['failure']['code']}: {completion['failure']['message']}")
    if completion["referenceSaliency"]:
        check(store, completion["referenceSaliency"])
    for result in completion["results"]:
        why = ""
        if result["saliency"]:
            array = check(store, result["saliency"])
            row, column = numpy.unravel_index(array.argmax(), array.shape)
            why = f"  most because of what is at ({column}, {row})"
        print(f"  {result['rank']:2d}. {result['imageName']}  {result['similarity']:.4f}{why}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references", nargs="+", metavar="reference", help="a file, or an s3:// address")
    parser.add_argument("--gallery", required=True)
    parser.add_argument("--caption", required=True, action="append")
    parser.add_argument("--top-k", type=int, default=10)
    parser.add_argument("--timeout", type=float, default=300)
    arguments = parser.parse_args()
    brokers = os.environ["HELIOGRAPH_KAFKA_BOOTSTRAP_SERVERS"]
    store = boto3.client(
        "s3",
        endpoint_url=os.environ["HELIOGRAPH_STORE_ENDPOINT"],
        region_name=os.environ.get("HELIOGRAPH_STORE_REGION", "us-east-1"),
        aws_access_key_id=os.environ["HELIOGRAPH_STORE_ACCESS_KEY"],
        aws_secret_access_key=os.environ["HELIOGRAPH_STORE_SECRET_KEY"])
    events = [query(reference, arguments) for reference in arguments.references]
    consumer = from_now_on(brokers)
    try:
        submit(brokers, events)
        outcomes = []
        for completion, about in completions(consumer, events, arguments.timeout):
            show(store, completion, about)
            outcomes.append(completion["outcome"])
    finally:
        consumer.close()
    return 0 if outcomes == ["COMPLETED"] * len(events) else 1


if __name__ == "__main__":
    sys.exit(main())
