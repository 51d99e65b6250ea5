"""The streams of bench/bounds.py: JSON lines as bytes, each a generator."""

START = 1_790_000_040_000  # epoch milliseconds, the start of a slot


def unlabelled(count, columns=2, a_second=1000):
    """Predictions with distinct ids, whose labels never come."""
    rest = "".join(f',"f{k}":{k}' for k in range(1, columns))
    for i in range(count):
        yield (f'{{"type":"prediction","id":"request-{i:012}","model":"credit","version":"7","time":{START + i * 1000 // a_second},'
               f'"features":{{"f0":{i % 97}{rest}}},"prediction":{{"label":"{"good" if i % 3 else "bad"}","score":0.5}}}}\n').encode()  # fmt: skip


def unmatched(count, a_second=1000):
    """Feedback with distinct ids that no prediction has."""
    yield from unlabelled(2000)
    for i in range(count):
        yield f'{{"type":"feedback","id":"nobody-{i:012}","model":"credit","time":{START + 2000 + i * 1000 // a_second},"label":"good"}}\n'.encode()


def wide(models, segments, columns, rounds):
    """Models with `columns` columns, each prediction of one of `segments` segments."""
    for i in range(rounds * models * segments):
        turn, model = divmod(i, models)
        values = ",".join(f'"f{k}":{(turn * 37 + k) % 97}' for k in range(columns))
        yield (f'{{"type":"prediction","model":"m{model:05}","version":"1","time":{START + i * 5},'
               f'"features":{{"part":"p{turn % segments}",{values}}},"prediction":{{"label":"{"good" if turn % 3 else "bad"}","score":0.5}}}}\n').encode()  # fmt: skip


def many_models(count, each):
    for i in range(count * each):
        yield (f'{{"type":"prediction","id":"p{i}","model":"m{i % count:06}","version":"1","time":{START + i},'
               f'"features":{{"a":{i // count % 97},"b":{i // count % 7}}},"prediction":{{"label":"{"good" if i % 3 else "bad"}"}}}}\n').encode()  # fmt: skip


def restless(models, rounds):
    """Slot after slot each model's column moves and comes back: incidents open and close."""
    for second in range(rounds * 60):
        turn, k = divmod(second, 60)
        value = second * 37 % 97 + (500 if turn > 4 and turn % 2 else 0)
        for model in range(models):
            yield (f'{{"type":"prediction","model":"m{model:05}","version":"1","time":{START + second * 1000},'
                   f'"features":{{"income":{value}}},"prediction":{{"label":"{"good" if k % 3 else "bad"}"}}}}\n').encode()  # fmt: skip
