"""Expected values of incident_test.cc, from the words of alerts/incident.h and Python's hashlib."""
import hashlib


def leb128(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def text(value: str) -> bytes:
    raw = value.encode()
    return leb128(len(raw)) + raw


def incident_id(model, version, kind, subject, digest, opened_at):
    zig_zag = opened_at * 2 if opened_at >= 0 else -opened_at * 2 - 1
    canonical = b"".join(map(text, (model, version, kind, subject, digest))) + leb128(zig_zag)
    return f"{kind}-{hashlib.sha256(canonical).hexdigest()[:20]}"


print(incident_id("credit", "7", "rule", "income-psi", "sha256:ab", 1795161660 * 10**6))
print(incident_id("m", "", "concept", "", "", -1))
