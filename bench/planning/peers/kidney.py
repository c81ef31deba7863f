"""A peer: kep_solver, for which each captive is a pair of donor and recipient.

kidney.py INSTANCE.npz

The instance: `holder`, `home` of each captive. Whoever lets a captive go (the donor of the
pair) suits every captive held by that captive's home. Cycles of at most three.
"""

import json
import sys

import numpy as np
from kep_solver.entities import Donor, Instance, Recipient, Transplant
from kep_solver.model import TransplantCount
from kep_solver.programme import Programme


def main():
    given = np.load(sys.argv[1])
    holder, home = given["holder"].tolist(), given["home"].tolist()
    instance = Instance()
    recipients, donors = [], []
    for number in range(len(holder)):
        recipient, donor = Recipient(str(number)), Donor(str(number))
        recipient.addDonor(donor)
        donor.recipient = recipient
        instance.addRecipient(recipient)  # and its donor
        recipients.append(recipient)
        donors.append(donor)
    for one, goes_to in enumerate(home):
        for other, held_by in enumerate(holder):
            if goes_to == held_by:
                donors[one].addTransplant(Transplant(donors[one], recipients[other], 1))
    programme = Programme(
        [TransplantCount()], maxCycleLength=3, maxChainLength=0, description="", full_details=False
    )
    solution, _ = programme.solve_single(instance)
    found = None if solution is None else round(solution.values[0])
    print(json.dumps({"status": "solved" if solution else "no answer", "objective": found}))


if __name__ == "__main__":
    main()
