"""A policy on its way into force, as an administrator takes it there, and what the log says is in force."""

import hashlib
import json
import struct
import time

from given import member
from loopback import Client
from world import Failure

ID = "siege"


def facts_of(quote, verdict):
    """What a policy sees of a quote, from the verdict on it: a case to try a policy on."""
    kind, size = struct.unpack_from("<HI", quote, 48)
    tcb = verdict["tcb"]
    level = {name: tcb[name] for name in ("platform", "module", "qe", "date", "advisory_ids")}
    stamp = "%Y-%m-%dT00:00:00Z"
    return {
        "time": time.strftime(stamp, time.gmtime()),
        "quote_version": 5,
        "body_type": kind,
        "body": quote[54 : 54 + size].hex(),
        "tcb": {
            "status": tcb["status"],
            "launch": {"status": tcb["status"], **level},
            "current": {"status": tcb["status"], **level},
            "tcb_info_evaluation_number": tcb["tcb_info_evaluation_number"],
            "qe_identity_evaluation_number": tcb["qe_identity_evaluation_number"],
            "out_of_date": [],
            "svn_regression": False,
        },
        "collateral": [
            ["tcb_info"] + [time.strftime(stamp, time.gmtime(time.time() + days * 86_400)) for days in (-7, 7)]
        ],
        "platform": verdict["platform"],
        "intel_root": False,
    }


def document(version):
    """A policy's bytes, by which it is known."""
    return json.dumps({"id": ID, "version": version, "description": f"of the siege, {version}"}).encode()


def digest(document):
    return hashlib.sha256(document).hexdigest()


def enforce(service, facts, document):
    """A policy from nothing to in force."""
    path = f"/admin/v1/policies/{ID}"
    version_path = f"{path}/versions/{digest(document)}"
    cases = {"cases": [{"facts": facts, "expect": "accept"}]}
    for method, where, body, wanted in [
        ("PUT", path, document, (200, 201)),
        ("POST", version_path + "/test", cases, (200,)),
        ("POST", version_path + "/activate", None, (200,)),
    ]:
        answer = service.administer(method, where, body)
        if answer.status not in wanted:
            raise Failure(f"{method} {where}: {answer.status} {answer.body[:300]!r}")


def served(service):
    """The policies that the service says are in force: the hash by the id."""
    client = Client(service.target, timeout=30)
    answer = client.ask("GET", "/v1/policies")
    client.close()
    return {policy["id"]: policy["sha256"] for policy in member(answer.body, "policies") or []}


def logged(entries):
    """The policies that the log says are in force: the hash by the id."""
    force = {}
    for entry in entries:
        if entry.get("kind") != "policy":
            continue
        # What is announced and then taken back leaves in force what was there before: that was never retired.
        active = force.setdefault(entry["policy_id"], [])
        if entry["policy_sha256"] in active:
            active.remove(entry["policy_sha256"])
        if entry["op"] == "activate":
            active.append(entry["policy_sha256"])
    return {policy: active[-1] for policy, active in force.items() if active}
