"""A broker whose controller is a process of its own and outlives it: that it was away gives its partitions a new leader epoch,
by which clients find that a log was cut."""

from kafka_broker import KafkaBroker
from process import Process

CONTROLLER = """\
process.roles=controller
node.id=2
controller.quorum.voters=2@127.0.0.1:{controller}
listeners=CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={directory}/controller
broker.session.timeout.ms=3000
"""
# Of a key that stands twice the last counts.
BROKER = """\
process.roles=broker
controller.quorum.voters=2@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port}
broker.heartbeat.interval.ms=500
"""


class BrokerApart(KafkaBroker):
    def __init__(self, directory):
        super().__init__(directory)
        settings = self.directory / "controller.properties"
        settings.write_text(CONTROLLER.format(controller=self.controller_port, directory=directory))
        command = [*self._java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "kafka.Kafka", settings]
        self.controller = Process(command, directory, "controller")

    def text(self):
        return super().text() + BROKER.format(port=self.port, controller=self.controller_port)

    def start(self, seconds=90.0):
        if not self.controller.running:
            self.format_storage(self.directory / "controller.properties")
            self.controller.spawn()
        super().start(seconds)

    def __exit__(self, *exc):
        super().__exit__(*exc)
        self.controller.kill()
