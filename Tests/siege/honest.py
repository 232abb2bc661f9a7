"""Those for whom the service is there: honest clients at a steady pace, and whoever asks whether it lives."""

import threading
import time

from loopback import Client

CLIENTS = 50
PER_SECOND = 50
# Whoever waits longer has had no answer.
TIMEOUT = 10


def address(number):
    """Of an honest client: of a range that is nobody's."""
    return f"198.51.100.{number % 250 + 1}"


def ask_verdict(client, quote, name, number):
    """One verdict that nobody has asked for before: what is wrong with the answer, or nothing."""
    headers = {"X-Forwarded-For": address(number), "Content-Type": "application/octet-stream"}
    answer = client.ask("POST", f"/v1/verdicts?audience={name}", quote, headers)
    if answer.status != 200:
        return f"{answer.status} {answer.body[:160].decode(errors='replace')}"
    if b'"verdict":"accept"' not in answer.body or b'"token":"' not in answer.body:
        return f"a good quote is not accepted: {answer.body[:160].decode(errors='replace')}"
    return None


def serve_honestly(target, quote, is_over, report):
    """Ten threads that ask for 50 verdicts a second in all, each when its time has come, as 50 clients with an address each;
    a tenth on a new connection. How long an answer took counts from when it was due, so that none waits unseen."""
    lock = threading.Lock()
    latencies, errors, began = [], [], time.monotonic()
    threads = 10

    def work(thread):
        client = Client(target, timeout=TIMEOUT)
        number = thread
        while True:
            due = began + number / PER_SECOND
            pause = due - time.monotonic()
            if is_over.wait(max(0, pause)):
                return
            try:
                wrong = ask_verdict(client, quote, f"honest-{number}", number % CLIENTS)
            except Exception as error:
                wrong = f"no answer: {type(error).__name__} {error}"
            with lock:
                latencies.append(time.monotonic() - due)
                if wrong:
                    errors.append(wrong)
            if number % 10 == thread % 10 and (number // threads) % 10 == 0:
                client.close()
            number += threads

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    report.send({"latencies": latencies, "errors": len(errors), "first": errors[:3]})


def watch_health(target, is_over, report):
    """GET /healthz twenty times a second, each time on a new connection, as a load balancer does."""
    latencies, failures = [], []
    while not is_over.wait(0.05):
        began = time.monotonic()
        client = Client(target, timeout=5)
        try:
            status = client.ask("GET", "/healthz").status
            if status != 200:
                failures.append(str(status))
        except Exception as error:
            failures.append(f"{type(error).__name__} {error}")
        finally:
            client.close()
        latencies.append(time.monotonic() - began)
    report.send({"latencies": latencies, "errors": len(failures), "first": failures[:3]})


def percentile(values, share):
    """The least value below which a share of them lies; nothing of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
