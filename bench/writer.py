"""One of many who write at once: `python -m bench.writer DSN START SECONDS CHANGES PAUSE END < cards`.

Reads lines `card step…`: a card and the steps it goes round and round, each `STAGE/code/reason`; after a step
`.` it has come to its end and rests.
Prints one JSON object: transactions, deadlocks, other errors, and the longest wait for a whole transaction.
"""

import json
import os
import random
import sys
import time

import psycopg2

SAY = "SELECT set_config('ektp.actor', 'source:bench', true), set_config('ektp.source', 'bench', true)"
CHANGE = (
    "SELECT set_config('ektp.reason', %s, true);"
    "UPDATE tracking_card SET stage = %s, code = nullif(%s, ''), since = now() WHERE id = %s"
)


def main() -> None:
    dsn, start, seconds, changes, pause = sys.argv[1], *map(float, sys.argv[2:6])
    end = sys.argv[6]  # a file whose coming ends it, if one is named
    rounds = {}
    for line in sys.stdin:
        card, *steps = line.split()
        rounds[int(card)] = [step.split("/") for step in steps]
    at = dict.fromkeys(rounds, 0)
    pick = random.Random(len(rounds) + int(next(iter(rounds)))).sample
    connection = psycopg2.connect(dsn)
    done, deadlocks, errors, waits = 0, 0, [], []
    cards = list(rounds)
    time.sleep(max(0.0, start - time.time()))
    until = time.time() + seconds
    while time.time() < until and not (end and os.path.exists(end)):
        chosen = pick(cards, int(changes))
        began = time.perf_counter()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(SAY)
                for card in chosen:
                    stage, code, reason = rounds[card][at[card] % len(rounds[card])]
                    cursor.execute(CHANGE, [reason, stage, code, card])
            done += 1
            for card in chosen:
                at[card] += 1
                if rounds[card][at[card] % len(rounds[card])] == ["."]:
                    cards.remove(card)
        except psycopg2.errors.DeadlockDetected:
            deadlocks += 1
        except psycopg2.Error as error:
            errors.append(str(error).split("\n", 1)[0])
        waits.append(time.perf_counter() - began)
        if pause:
            time.sleep(pause)
    connection.close()
    print(json.dumps({"done": done, "deadlocks": deadlocks, "errors": errors, "waits": sorted(waits)[-5:]}))


if __name__ == "__main__":
    main()
