"""A stream small enough to be read in a second, and what a driftd says of it in the end."""

import json

from process import wait_until
from same_answer import state_of

START = 1_790_000_040_000  # epoch milliseconds, the start of a slot
PREDICTIONS, FEEDBACK = 3000, 2400


def prediction(i):
    return json.dumps({"type": "prediction", "id": f"p{i}", "model": "credit", "version": "7", "time": START + 1000 * i,
                       "features": {"income": i * 37 % 97 + (300 if i > 2000 else 0), "country": "DE" if i % 2 else "FR"},
                       "prediction": {"label": "good" if i % 3 else "bad", "score": 0.5}}).encode()  # fmt: skip


def feedback(i):
    return json.dumps({"type": "feedback", "id": f"p{i}", "model": "credit", "time": START + 1000 * (i + 300), "label": "good" if i % 5 else "bad"}).encode()


def configuration(broker, topics, group, **storage):
    return {
        "kafka": {"brokers": [broker.bootstrap], "group": group, "start": "earliest", "dead_letter_topic": topics["dead"],
                  "topics": {"predictions": [topics["predictions"]], "feedback": [topics["feedback"]]}},
        "storage": {"checkpoint_every": "1s", **storage},
        "idle_after": "1h", "max_skew": "30d", "threads": 1,
        "models": {"credit": {"reference": {"first": 500}, "window": "10m", "segments": ["country"],
                              "rules": [{"name": "income-psi", "column": "income", "statistic": "psi", "above": 0.5, "at_least": 50, "action": "notify"}]}},
    }  # fmt: skip


class SmallStream:
    """Portion after portion of it into topics of its own."""

    def __init__(self, broker, topic, name, portions=6):
        self.broker = broker
        self.topics = {role: topic(f"{name}-{role}", count) for role, count in (("predictions", 2), ("feedback", 1), ("dead", 1))}
        self.portions, self.sent = portions, 0

    def send(self, portions=1):
        for part in range(self.sent, self.sent + portions):
            for role in ("predictions", "feedback"):
                self.broker.produce(self.topics[role], self.records(role, part, part + 1))
        self.sent += portions

    def records(self, role, first_portion, end_portion):
        make, count, partitions = (prediction, PREDICTIONS, 2) if role == "predictions" else (feedback, FEEDBACK, 1)
        first, end = (count * portion // self.portions for portion in (first_portion, end_portion))
        return [{"value": make(i), "partition": i % partitions} for i in range(first, end)]

    def count(self):
        """Of the events that were sent."""
        return sum(count * self.sent // self.portions for count in (PREDICTIONS, FEEDBACK))

    def read(self, running):
        wait_until(lambda: running.metric("driftd_events_total") == self.count(), 60, f"{self.count()} events to be read")

    def finish(self, running):
        """Sends what is left; gives what is said of all of it."""
        self.send(self.portions - self.sent)
        self.read(running)
        return self.said(running)

    @staticmethod
    def said(running):
        incidents = [{k: v for k, v in one.items() if k != "url"} for one in running.get("/api/v1/incidents")["incidents"]]
        assert incidents
        return state_of(running.metrics_text()), incidents

    def wait_for_commit(self, group):
        """Of all that was sent."""
        wait_until(lambda: sum(self.committed(group).values()) == self.count(), 30, "the commit of what was read")

    def committed(self, group):
        return {(role, partition): offset for role in ("predictions", "feedback")
                for partition, offset in self.broker.committed(group, self.topics[role]).items()}  # fmt: skip
