"""A real Kafka broker (KRaft, one process) from the jars that `scripts/setup --tests` fetched.

    with KafkaBroker(tmp_path) as broker:
        broker.create_topic("predictions", partitions=4)
        broker.produce("predictions", [b'{"type": ...}'])

stop(), kill() and start() again keep ports and data: a restart as clients see it.
"""

import shutil
import subprocess

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from paths import CACHE
from process import Process, free_port, wait_until

JARS = CACHE / "kafka"

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={directory}/data
num.partitions=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
message.max.bytes=20000000
"""


def missing():
    """What keeps a broker from running here, or None."""
    if not shutil.which("java"):
        return "no java (scripts/setup --tests installs it)"
    if not any(JARS.glob("kafka_2.13-*.jar")):
        return "no Kafka jars (scripts/setup --tests fetches them)"
    return None


# Whoever comes by the proxy is sent to it again.
PROXIED = """\
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},PROXIED://127.0.0.1:{behind}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},PROXIED://127.0.0.1:{proxy}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
"""


class KafkaBroker(Process):
    """`proxy`: a port whose connections come to `behind_proxy`, another port of this broker."""

    def __init__(self, directory, memory="512m", proxy=None):
        self.port, self.controller_port = free_port(), free_port()
        self.proxy, self.behind_proxy = proxy, free_port() if proxy else None
        self.properties = directory / "server.properties"
        java = ["java", "-cp", f"{JARS}/*", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        super().__init__([*java, f"-Xmx{memory}", "-XX:TieredStopAtLevel=1", "kafka.Kafka", self.properties], directory, "kafka")
        self._java = java

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    def start(self, seconds=90.0):
        if not self.properties.exists():
            self._format()
        self.spawn()
        admin = self.admin()
        self.wait_ready(lambda: self._answers(admin), seconds)

    def _format(self):
        self.properties.write_text(self.text())
        self.format_storage(self.properties)

    def text(self):
        ports = {"port": self.port, "controller": self.controller_port, "behind": self.behind_proxy, "proxy": self.proxy}
        proxied = PROXIED if self.proxy else ""  # of a key that stands twice the last counts
        return (PROPERTIES + proxied).format(**ports, directory=self.directory)

    def format_storage(self, properties):
        command = [*self._java, "kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c", str(properties)]
        subprocess.run(command, check=True, capture_output=True)

    @staticmethod
    def _answers(admin):
        try:
            return bool(admin.list_topics(timeout=1).brokers)
        except KafkaException:
            return False

    def admin(self):
        return AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})

    def create_topic(self, name, partitions=4, config=None):
        """Creates it and waits until every partition has a leader."""
        admin = self.admin()
        for future in admin.create_topics([NewTopic(name, partitions, 1, config=config or {})]).values():
            future.result(30)

        wait_until(lambda: self.leads(name, partitions), 30, f"leaders of {name}")

    def leads(self, topic, partitions=None):
        """Whether every partition of the topic has this broker for its leader."""
        found = self.admin().list_topics(topic, timeout=5).topics[topic].partitions
        return len(found) == (partitions or len(found)) and all(p.leader == 1 for p in found.values())

    def producer(self, **properties):
        """More properties with _ for . (linger_ms=5)."""
        more = {name.replace("_", "."): value for name, value in properties.items()}
        return Producer({"bootstrap.servers": self.bootstrap, "linger.ms": 5, "message.max.bytes": 16000000, **more})

    def produce(self, topic, records):
        """Writes records, each bytes or a dict of produce()'s arguments (value, key, headers, partition,
        timestamp), and waits until all are acknowledged."""
        failed = []
        producer = self.producer()

        def delivered(error, _message):
            if error:
                failed.append(error)

        for record in records:
            arguments = record if isinstance(record, dict) else {"value": record}
            while True:
                try:
                    producer.produce(topic, on_delivery=delivered, **arguments)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        left = producer.flush(60)
        assert not failed and left == 0, f"{len(failed)} records refused ({failed[:1]}), {left} not acknowledged"

    def consume(self, topic, count=None, seconds=30.0):
        """The topic's records from the beginning: `count` of them, or all that are there now."""
        consumer = Consumer(
            {"bootstrap.servers": self.bootstrap, "group.id": "test-reader", "enable.auto.commit": False, "fetch.message.max.bytes": 16000000}
        )
        try:
            partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
            ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10) for p in partitions}
            consumer.assign([TopicPartition(topic, p, low) for p, (low, _) in ends.items()])
            wanted = count if count is not None else sum(high - low for low, high in ends.values())
            records = []

            def enough():
                message = consumer.poll(0.2) if len(records) < wanted else None
                if message is not None and not message.error():
                    records.append(message)
                return len(records) >= wanted

            wait_until(enough, seconds, f"{wanted} records of {topic}", every=0)
            return records
        finally:
            consumer.close()

    def committed(self, group, topic):
        """{partition: offset} that a group committed."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": group})
        try:
            partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
            answers = consumer.committed([TopicPartition(topic, p) for p in partitions], timeout=10)
            return {answer.partition: answer.offset for answer in answers if answer.offset >= 0}
        finally:
            consumer.close()
