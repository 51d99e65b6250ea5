"""Secrets that are planted in every place of a configuration that takes one, to be looked for everywhere else."""

import base64

# Each of a word that stands nowhere else, so that one found tells where it came from.
WORDS = [
    "sasl-password", "key-password", "bearer", "second-bearer", "webhook-header", "webhook-body", "webhook-url", "basic-password", "oauth-secret",
    "authorization", "form-field", "from-file", "from-environment", "target-setting",
]  # fmt: skip
SECRETS = {word: f"PLANTED-{word}-7f3a9c" for word in WORDS}
SIGNING = base64.b64encode(b"PLANTED-signing-secret-7f3a9c").decode()
HASH = "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu"  # carol123


def traces():
    """{place: byte strings by which a secret could be known}: plain, in Base64 at each of its alignments, and encoded for URLs."""
    found = {word: forms(secret) for word, secret in SECRETS.items()}
    found["signing"] = [SIGNING.encode(), b"PLANTED-signing-secret-7f3a9c"]
    found["password hash"] = [HASH.encode(), HASH[30:].encode()]
    return found


def forms(secret):
    raw = secret.encode()
    encoded = []
    for shift in range(3):
        whole = base64.b64encode(b"x" * shift + raw)
        encoded.append(whole[4 : len(whole) // 4 * 4 - 4])  # what does not depend on the neighbours
    return [raw, *encoded, secret.replace("-", "%2D").encode(), secret.replace("-", "%2d").encode()]


def look_through(name, content):
    """Nothing planted is in these bytes (or this text)."""
    content = content.encode() if isinstance(content, str) else content
    for place, marks in traces().items():
        for mark in marks:
            at = content.find(mark)
            assert at < 0, f"{name} holds the {place} secret: {content[max(0, at - 80) : at + 80]!r}"
