"""A real broker that lets in over TLS and SCRAM alone (SASL_SSL), beside a plain listener for the test itself.

    with SecureKafkaBroker(tmp_path, authority, user="driftd", password="...") as broker:
        broker.secure_bootstrap, broker.client(password="...")
"""

import subprocess

from kafka_broker import PROPERTIES, KafkaBroker
from process import free_port

SECURE = """\
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
"""


class SecureKafkaBroker(KafkaBroker):
    def __init__(self, directory, authority, user, password):
        super().__init__(directory)
        self.secure_port = free_port()
        self.authority, self.user, self.password = authority, user, password

    @property
    def secure_bootstrap(self):
        return f"127.0.0.1:{self.secure_port}"

    def _format(self):
        pair = self.authority.issue("broker", "localhost", "127.0.0.1")
        keystore = self.directory / "broker.keystore.pem"
        keystore.write_bytes(pair.key.read_bytes() + pair.certificate.read_bytes() + self.authority.certificate.read_bytes())
        plain = PROPERTIES.format(port=self.port, controller=self.controller_port, directory=self.directory)
        listeners = f"PLAINTEXT://127.0.0.1:{self.port}"
        both = plain.replace(listeners, f"{listeners},SECURE://127.0.0.1:{self.secure_port}")
        both = both.replace("PLAINTEXT:PLAINTEXT\n", "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL\n")
        self.properties.write_text(both + SECURE.format(keystore=keystore))
        scram = f"SCRAM-SHA-512=[name={self.user},password={self.password}]"
        command = [*self._java, "kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c", str(self.properties)]
        subprocess.run([*command, "--add-scram", scram], check=True, capture_output=True)

    def client(self, ca=None, user=None, password=None):
        """librdkafka's properties of a client."""
        return {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user or self.user,
            "sasl.password": password or self.password,
            "ssl.ca.location": str(ca or self.authority.certificate),
        }
