"""The instruments are sound before anything is measured with them."""

import requests
from conftest import SECRET
from prometheus_server import promtool
from standardwebhooks.webhooks import Webhook


def test_the_broker_keeps_records_over_a_kill(own_broker):
    own_broker.create_topic("kept", partitions=2)
    own_broker.produce("kept", [{"value": b"one", "partition": 0, "headers": [("h", b"v")]}, {"value": b"two", "partition": 1}])
    own_broker.stop()
    own_broker.start()
    own_broker.produce("kept", [b"three"])
    records = own_broker.consume("kept")
    assert sorted(record.value() for record in records) == [b"one", b"three", b"two"]
    assert [record.headers() for record in records if record.value() == b"one"] == [[("h", b"v")]]


def test_prometheus_answers_about_what_it_scraped(prometheus):
    server = prometheus("127.0.0.1:1")
    server.wait_for_series("up == 0")
    assert server.query("1 + 1") == [{"metric": {}, "value": 2.0}]


def test_promtool_refuses_bad_metrics():
    assert promtool("check", "metrics", stdin="# TYPE a counter\na 1\n")[0] == 3


def test_the_receiver_knows_right_signatures_from_wrong(receiver):
    import datetime

    now = datetime.datetime.now(tz=datetime.UTC)
    body = '{"a": 1}'
    headers = {"webhook-id": "m1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": Webhook(SECRET).sign("m1", now, body)}
    receiver.answer(503, times=1, headers={"Retry-After": "1"})
    first = requests.post(receiver.url, data=body, headers=headers, timeout=5)
    assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
    assert requests.post(receiver.url, data=body + " ", headers=headers, timeout=5).status_code == 200
    assert [request.verified for request in receiver.wait_for(2)] == [True, False]
