"""Writes what was learned in the form that `homeward.matching.likeness` reads."""

import io

import numpy as np
from fit import EMBED, SIGNS


def table(learned, letters, calibration):
    """Return the bytes of the table: weights in bits, half precision, layers multiplied out."""
    slope, shift = (number / np.log(2) for number in calibration)
    near = learned["near"].reshape(5, EMBED, -1)
    near = np.einsum("ve,teh->tvh", learned["letter"], near)
    near[2] += learned["near_bias"]
    # A weight is a product of two letters' sounds, so each bears a root of the slope.
    scale = np.sqrt(slope / np.sqrt(len(SIGNS)))
    held = {
        "near": near,
        "wide": learned["wide"],
        "whole": learned["whole"],
        "wide_bias": learned["wide_bias"],
        "out": np.hstack((learned["sounds"] * scale, learned["lone"] * slope)),
        "out_bias": np.hstack((learned["sounds_bias"] * scale, np.zeros(learned["lone"].shape[1]))),
        "signs": SIGNS,
        "alone": learned["alone"] * slope,
        "pair": (learned["pair"] + learned["pair"].T) * slope,
        "start": (learned["start"] + learned["start"].T) * slope + shift,
    }
    out = io.BytesIO()
    np.savez_compressed(
        out, letters=np.array(letters), **{k: v.astype(np.float16) for k, v in held.items()}
    )
    return out.getvalue()
