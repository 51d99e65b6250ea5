"""What the end-to-end tests share: a real broker, a real Prometheus, a receiver, driftd."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import driftd_process  # noqa: E402
import kafka_broker  # noqa: E402
import preload  # noqa: E402
import prometheus_server  # noqa: E402
import webhook_receiver  # noqa: E402
from paths import SHARED  # noqa: E402
from small_stream import SmallStream, configuration  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def need(reason):
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def program():
    """The built program; tests that run it skip without it."""
    need(driftd_process.missing())
    return driftd_process.PROGRAM


@pytest.fixture(scope="session")
def shared_data():
    """The real streams with their expected values."""
    need(None if SHARED.is_dir() else "no shared data beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    """One Kafka broker for all tests; each test uses topics of its own (see `topic`)."""
    need(kafka_broker.missing())
    with kafka_broker.KafkaBroker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture
def own_broker(tmp_path):
    """A broker that the test may kill and start again."""
    need(kafka_broker.missing())
    with kafka_broker.KafkaBroker(tmp_path / "kafka") as running:
        yield running
        running.kill()


@pytest.fixture
def topic(broker, request):
    """topic("predictions", 4): the name of a new topic that no other test has."""

    def create(role, partitions=4, **config):
        name = f"{request.node.name}-{role}".replace("[", "-").replace("]", "").replace("_", "-")
        broker.create_topic(name, partitions, {key.replace("_", "."): value for key, value in config.items()})
        return name

    return create


@pytest.fixture
def prometheus(tmp_path):
    """prometheus("127.0.0.1:9108"): a Prometheus that scrapes these targets."""
    need(prometheus_server.missing())
    started = []

    def start(*targets, **options):
        server = prometheus_server.PrometheusServer(tmp_path / f"prometheus{len(started)}", targets, **options)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def receiver():
    """A webhook receiver that verifies signatures made with SECRET."""
    with webhook_receiver.WebhookReceiver(secret=SECRET) as running:
        yield running


@pytest.fixture(scope="session")
def clock_library(tmp_path_factory):
    return preload.built("clocks", tmp_path_factory.mktemp("clocks"))


@pytest.fixture
def clocks(tmp_path, clock_library):
    """The clocks of a driftd that is started with env=clocks.env."""
    made = preload.Clocks(tmp_path / "clocks", clock_library)
    yield made
    made.close()


@pytest.fixture
def driftd(program, tmp_path):
    """driftd(config): a running driftd; none outlives its test."""
    started = []

    def start(config, **options):
        process = driftd_process.Driftd(tmp_path / f"driftd{len(started)}", config, **options)
        started.append(process)
        process.start()
        return process

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def undisturbed(driftd, broker, topic):
    """What is said of a SmallStream that nothing befell."""
    stream = SmallStream(broker, topic, "calm")
    running = driftd(configuration(broker, stream.topics, "calm-" + stream.topics["predictions"]))
    said = stream.finish(running)
    running.stop()
    return said
