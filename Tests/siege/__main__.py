#!/usr/bin/env python3
"""Attacks a service of one's own, on this machine, and says what held.

    python3 Tests/siege [--seconds 60] [--short] [--only TEXT …] [--binary-dir FOLDER]

Starts a simulated world and a service for each row, so that one that falls takes no other with it. Nothing but a loopback
address is ever connected to. As root the service gets a memory cgroup of 512 MiB and a disk of 1 GB; otherwise the table says
what there was instead. Exit: 0 every row held, 1 one did not, 2 the siege itself could not be laid.
"""

import argparse
import os
import pathlib
import sys
import time

import attacks
import backup
import clock
import full
import purge
import siege
from disk import own_mounts
from evidence import Evidence
from table import Row, exit_code, markdown
from world import REPOSITORY, Failure, World, end_in_order, raise_files

PLACES = [REPOSITORY / ".build/release", REPOSITORY / ".build/debug"]


def arguments():
    parser = argparse.ArgumentParser(
        prog="siege", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=None, help="how long each attack goes on (60; 4 with --short)")
    parser.add_argument("--short", action="store_true", help="a tenth of everything, as for CI")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="rows whose name has it")
    parser.add_argument("--addresses", type=int, default=1, help="how many addresses each attacker has, to 200")
    parser.add_argument("--binary-dir", type=pathlib.Path, help="where assay and assay-sim are")
    parser.add_argument("--list", action="store_true", help="name the rows, and do nothing")
    options = parser.parse_args()
    options.seconds = options.seconds or (4 if options.short else 60)
    if not 1 <= options.seconds <= 3_600:
        parser.error("--seconds: give 1 to 3600")
    if not 1 <= options.addresses <= 200:
        parser.error("--addresses: give 1 to 200")
    return options


def rows(world, evidence, options):
    """Each row by its name, and what makes it."""
    seconds, scale = options.seconds, 0.1 if options.short else 1.0
    calm = {}

    def calmly():
        row, calm["bytes"] = siege.calm_row(world, evidence, seconds)
        return row

    def besieged(chosen, name=None):
        return lambda: siege.attack_row(
            world, evidence, chosen, seconds, scale, options.addresses, name, calm.get("bytes", 0)
        )

    yield "honest clients alone", calmly
    yield "1,000 connections", lambda: siege.many_row(world, evidence, max(seconds, 8), 1_000)
    for attack in attacks.ALL:
        yield attack.name, besieged([attack])
    everything = [attack for attack in attacks.ALL if not attack.tls]
    yield "all of HTTP/1.1 together", besieged(everything, "all of HTTP/1.1 together")
    yield full.NAME, lambda: full.full_row(world, evidence)
    yield purge.ERASED, lambda: purge.erased_row(world, evidence)
    yield purge.PURGED, lambda: purge.purged_row(world, evidence)
    yield clock.NAME, lambda: clock.clock_row(world, evidence)
    yield backup.NAME, lambda: backup.backup_row(world, evidence, min(seconds, 10))


def main():
    options = arguments()
    own_mounts([sys.executable, *sys.argv])
    end_in_order()
    folder = options.binary_dir or next((place for place in PLACES if (place / "assay").exists()), PLACES[-1])
    if options.list:
        print("\n".join(name for name, _ in rows(None, None, options)))
        return 0
    files = raise_files()
    done = []
    try:
        with World(folder) as world:
            print(f"siege: {world.programs}, {options.seconds:g} s for each attack, {files} open files", flush=True)
            load, processors = os.getloadavg()[0], os.cpu_count() or 1
            if load > processors / 4:
                print(f"siege: this machine does other things (load {load:.1f}, {processors} processors): times are theirs, too")
            evidence = Evidence(world.simulate)
            for name, make in rows(world, evidence, options):
                if options.only and not any(text.lower() in name.lower() for text in options.only):
                    continue
                began = time.monotonic()
                print(f"siege: {name} …", end=" ", flush=True)
                try:
                    row = make()
                except Failure as failure:
                    row = Row(name, [str(failure)])
                    row.want("the row could be carried out", False)
                done.append(row)
                print(f"{row.word} ({time.monotonic() - began:.0f} s)", *row.missed, sep="\n    ", flush=True)
    except (Failure, KeyboardInterrupt) as error:
        print(f"\nsiege: {error or 'interrupted'}", file=sys.stderr)
        if done:
            print(markdown(done))
        return 2
    if not done:
        print("siege: --only names no row; --list does", file=sys.stderr)
        return 2
    print()
    print(markdown(done))
    return exit_code(done)


if __name__ == "__main__":
    sys.exit(main())
