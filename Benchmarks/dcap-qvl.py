#!/usr/bin/env python3
"""dcap-qvl's CPU time for one cold verification of the same quote and collateral. Prints microseconds."""
import sys
import time
from datetime import datetime

import dcap_qvl

quote = open(sys.argv[1], "rb").read()
collateral = dcap_qvl.QuoteCollateralV3.from_json(open(sys.argv[2]).read())
now = int(datetime.fromisoformat(sys.argv[3].replace("Z", "+00:00")).timestamp())
dcap_qvl.verify(quote, collateral, now)
rounds = []
for _ in range(15):
    start = time.process_time()
    for _ in range(50):
        dcap_qvl.verify(quote, collateral, now)
    rounds.append((time.process_time() - start) / 50)
print(f"{sorted(rounds)[len(rounds) // 2] * 1e6:.1f}")
