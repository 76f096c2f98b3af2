#!/usr/bin/env python3
"""Check a Heliograph record with software that knows nothing of Heliograph.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python check_record.py attestation.json audit.key.pub

securesystemslib verifies the DSSE envelope's Ed25519 signature, and
in-toto-attestation validates the statement in it. Prints the statement's
subjects. Exit code: 0 verified, 1 failed, 2 wrong usage.
"""

import hashlib
import json
import sys

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def read_key(path):
    """The key under the id that Heliograph gives it: the sha256 of its SPKI in DER."""
    with open(path, "rb") as file:
        public = load_pem_public_key(file.read())
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    keyid = hashlib.sha256(spki).hexdigest()
    return SSlibKey(keyid, "ed25519", "ed25519", {"public": raw.hex()})


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], "rb") as file:
        envelope = Envelope.from_dict(json.load(file))
    try:
        envelope.verify([read_key(arguments[1])], 1)
    except VerificationError as error:
        print(f"signature: {error}", file=sys.stderr)
        return 1
    if envelope.payload_type != "application/vnd.in-toto+json":
        print(f"payload type: {envelope.payload_type}", file=sys.stderr)
        return 1
    message = json_format.Parse(envelope.payload, statement_pb2.Statement())
    Statement.copy_from_pb(message).validate()
    for subject in message.subject:
        print(subject.digest["sha256"], subject.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
