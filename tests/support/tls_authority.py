"""A certificate authority of a test's own, made with the program openssl.

    authority = Authority(tmp_path)
    pair = authority.issue("server", "localhost", "127.0.0.1")   # pair.certificate, pair.key: files in PEM
"""

import ipaddress
import subprocess
from dataclasses import dataclass
from pathlib import Path

EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass
class Pair:
    certificate: Path
    key: Path


def is_address(name):
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Authority:
    def __init__(self, directory, name="driftd test authority"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = self.directory / "ca.pem", self.directory / "ca.key"
        self._openssl("req", "-x509", *EC, "-subj", f"/CN={name}", "-days", "30", "-keyout", self.key, "-out", self.certificate)

    def issue(self, file, *names):
        """A pair for these names and addresses: FILE.pem and FILE.key."""
        pair = Pair(self.directory / f"{file}.pem", self.directory / f"{file}.key")
        request, extensions = self.directory / f"{file}.csr", self.directory / f"{file}.ext"
        alternatives = ",".join(("IP:" if is_address(name) else "DNS:") + name for name in names)
        extensions.write_text(f"subjectAltName={alternatives}\n")
        self._openssl("req", *EC, "-subj", f"/CN={names[0]}", "-keyout", pair.key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-days", "30", "-extfile", extensions, "-out", pair.certificate)
        return pair

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
