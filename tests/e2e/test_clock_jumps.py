"""The wall clock of the machine is set while driftd runs, or while it does not: what it says of the stream is that of
event time, and whatever waits goes on waiting for as long as it would have."""

import time

import pytest
from conftest import SECRET
from process import wait_until
from small_stream import FEEDBACK, PREDICTIONS, SmallStream, configuration, feedback, prediction
from webhook_receiver import WebhookReceiver

HOUR = 3600


def with_webhook(config, receiver, **more):
    return {**config, "alerts": {"webhooks": [{"name": "all", "url": receiver.url, "secret": SECRET, **more}]}}


ONE = {"kinds": ["rule"], "events": ["opened"]}  # of the whole stream there is one such delivery


class OneSided(SmallStream):
    """Its partitions of predictions are filled one after the other, with `between` called in between."""

    def send(self, portions=1, between=None):
        for part in range(self.sent, self.sent + portions):
            first, end = (PREDICTIONS * p // self.portions for p in (part, part + 1))
            for partition in (0, 1):
                self.broker.produce(self.topics["predictions"],
                                    [{"value": prediction(i), "partition": partition} for i in range(first, end) if i % 2 == partition])  # fmt: skip
                if between and partition == 0:
                    between()
            first, end = (FEEDBACK * p // self.portions for p in (part, part + 1))
            self.broker.produce(self.topics["feedback"], [{"value": feedback(i), "partition": 0} for i in range(first, end)])
        self.sent += portions


def told(receiver):
    return {(r.headers["webhook-id"], r.json["type"]) for r in receiver.requests if r.status == 200}


def run(driftd, broker, topic, receiver, name, clocks, disturb):
    stream = OneSided(broker, topic, name)
    config = {**with_webhook(configuration(broker, stream.topics, name + stream.topics["predictions"]), receiver), "idle_after": "10m"}
    running = driftd(config, env=clocks.env if clocks else None)
    stream.send(2)
    stream.read(running)
    half = running.metric("driftd_predictions_total") + PREDICTIONS // stream.portions / 2
    stream.send(1, between=lambda: disturb(running, half))
    said = stream.finish(running)
    wait_until(lambda: running.metric("driftd_webhook_pending") == 0, 60, "everything to be told")
    assert running.metric("driftd_events_late_total") == 0
    assert running.stop() == 0
    answer = said[0].replace(name, "calm"), said[1], told(receiver)
    assert all(r.verified or clocks for r in receiver.requests)
    receiver.requests.clear()
    return answer


def looks_again(running):
    """Some rounds go by."""
    at = running.metric("driftd_last_checkpoint_timestamp_seconds")
    wait_until(lambda: abs(running.metric("driftd_last_checkpoint_timestamp_seconds") - at) > 0, 30, "a checkpoint")
    time.sleep(0.3)


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forwards", "backwards"])
@pytest.mark.parametrize("over_a_restart", [False, True], ids=["running", "restarted"])
def test_a_clock_that_is_set_changes_no_answer(driftd, broker, topic, receiver, clocks, by, over_a_restart):
    calm = run(driftd, broker, topic, receiver, "calm", None, lambda running, count: None)

    def disturb(running, count):
        wait_until(lambda: running.metric("driftd_predictions_total") == count, 30, "one partition to be read")
        if over_a_restart:
            running.stop()
        clocks.set_by(by)
        if over_a_restart:
            running.start()
        looks_again(running)

    assert run(driftd, broker, topic, receiver, "jumps", clocks, disturb) == calm


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forwards", "backwards"])
def test_whoever_asks_is_answered_while_nothing_comes(driftd, broker, topic, clocks, by):
    stream = SmallStream(broker, topic, "quiet")
    running = driftd(configuration(broker, stream.topics, "quiet-" + stream.topics["predictions"]), env=clocks.env)
    stream.send(1)
    stream.read(running)
    began = time.monotonic()
    clocks.set_by(by)
    for _ in range(3):
        looks_again(running)
    stream.send(1)
    stream.read(running)
    assert time.monotonic() - began < 30
    assert running.stop() == 0


def delivery(running):
    found = running.get("/api/v1/deliveries")["deliveries"]
    return found[0] if found else {"state": None, "attempts": 0}


def failing(driftd, broker, topic, receiver, clocks, **webhook):
    """driftd whose first delivery has failed a few times and waits for its next attempt."""
    receiver.answer(500, headers=webhook.pop("headers", None))
    stream = SmallStream(broker, topic, "told")
    running = driftd(with_webhook(configuration(broker, stream.topics, "told-" + stream.topics["predictions"]), receiver, **ONE, **webhook), env=clocks.env)
    stream.send(6)
    stream.read(running)
    wait_until(lambda: delivery(running)["attempts"] >= 1 and delivery(running)["status"] == 500, 30, "a failed attempt")
    return running


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forwards", "backwards"])
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
def test_a_delivery_is_tried_again_as_if_nobody_had_set_the_clock(driftd, broker, topic, receiver, clocks, by, restarted):
    running = failing(driftd, broker, topic, receiver, clocks)
    if restarted:
        running.stop()
        clocks.set_by(by)
        running.start()
    else:
        clocks.set_by(by)
    before = delivery(running)["attempts"]
    wait_until(lambda: delivery(running)["attempts"] >= before + 2, 60, "two further attempts")
    receiver.answer(200)
    wait_until(lambda: delivery(running)["state"] == "delivered", 60, "the delivery")
    taken = [r for r in receiver.requests if r.status == 200][0]
    assert abs(int(taken.headers["webhook-timestamp"]) - clocks.now()) < 30  # signed by the clock as it is now
    assert len({r.headers["webhook-id"] for r in receiver.requests if r.json["type"] == taken.json["type"]}) == 1
    assert running.stop() == 0


def test_a_clock_set_forwards_gives_nothing_up_and_hurries_nothing(driftd, broker, topic, receiver, clocks):
    running = failing(driftd, broker, topic, receiver, clocks, retry={"for": "30m"}, headers={"Retry-After": "600"})
    attempts = delivery(running)["attempts"]
    clocks.set_by(HOUR)
    looks_again(running)
    assert (delivery(running)["state"], delivery(running)["attempts"]) == ("pending", attempts)
    clocks.pass_by(601)
    wait_until(lambda: delivery(running)["attempts"] == attempts + 1, 30, "the attempt that was asked for")
    assert "the clock was set" in running.log
    assert running.stop() == 0


@pytest.mark.parametrize("by", [2 * HOUR, -2 * HOUR], ids=["forwards", "backwards"])
def test_a_token_lasts_as_long_as_it_was_given_for(driftd, broker, topic, receiver, clocks, by):
    with WebhookReceiver() as tokens:
        tokens.answer(200, headers={"Content-Type": "application/json"}, body=b'{"access_token":"t","token_type":"Bearer","expires_in":3600}')
        running = failing(driftd, broker, topic, receiver, clocks,
                          oauth2={"client_id": "driftd", "client_secret": "s", "token_url": tokens.url})  # fmt: skip

        def again():
            before = delivery(running)["attempts"]
            wait_until(lambda: delivery(running)["attempts"] > before, 30, "a further attempt")

        clocks.set_by(by)
        again()
        assert len(tokens.requests) == 1
        clocks.pass_by(HOUR)
        again()
        again()
        assert len(tokens.requests) == 2
        assert running.stop() == 0


def test_what_is_ahead_is_judged_by_the_record_and_not_by_the_clock(driftd, broker, topic, clocks):
    stream = SmallStream(broker, topic, "ahead")
    running = driftd(configuration(broker, stream.topics, "ahead-" + stream.topics["predictions"]), env=clocks.env)
    clocks.set_by(-24 * HOUR)
    stream.send(1)
    stream.read(running)
    assert running.metric("driftd_events_rejected_total") == 0
    assert running.stop() == 0
