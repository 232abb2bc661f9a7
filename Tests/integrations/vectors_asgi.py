#!/usr/bin/env python3
"""The table of token vectors (wire-formats 3.8), asked of the ASGI middleware in front of a service that has the table's
issuer, keys and time: `vectors_asgi.py URL`. Python's own library is enough."""

import asyncio
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "integrations/asgi")]

from assay_asgi import AttestationRequired  # noqa: E402
from token_vectors import TABLE, rows_of  # noqa: E402


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def middleware(row, service):
    demand = row["demand"]
    names = ("minimum_status", "minimum", "audience", "freshness", "policies", "references", "measurements", "max_age")
    # The issuer and the key set's URL are the service's own.
    unknown = set(demand) - {*names, "issuer", "key_set_url", "nonce", "confirmation"}
    assert not unknown, f"{row['name']}: {unknown} would be passed over"
    options = {"max_age": 1 << 40, **{name: demand[name] for name in names if name in demand}}
    if "nonce" in demand:
        options["nonce"] = lambda scope: demand["nonce"]
    if "confirmation" in demand:
        options |= {"confirmation": "require", "client_key": lambda scope: demand["confirmation"]}
    options |= {"clock": lambda: TABLE["time"], "timeout": 60}
    return AttestationRequired(application, service, **options, **row.get("options", {}))


async def said(gate, token):
    messages = []

    async def send(message):
        messages.append(message)

    headers = [(b"authorization", f"Bearer {token}".encode())]
    await gate({"type": "http", "path": "/v1/models", "headers": headers}, None, send)
    return messages[0]["status"], messages[1]["body"].decode()


async def main(service):
    failures = 0
    for row in rows_of("asgi"):
        try:
            gate = middleware(row, service)
        except (ValueError, TypeError):
            found, why = "throws", ""
        else:
            status, why = await said(gate, row["token"])
            found = {200: "accepted", 401: "refused", 403: "refused"}.get(status, f"{status}")
        wanted = "refused" if row["expected"].startswith("token.") else row["expected"]
        if found != wanted:
            failures += 1
            print(f"{row['name']}: {found}, wanted {wanted}: {why}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
