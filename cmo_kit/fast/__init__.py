"""Compiled decoding: the numbers of :mod:`cmo_kit.core`, to the last bit, hundreds of times as fast.

How fast it was, and on what, stands in ``notebooks/data/decoder-speed.json``; ``make bench`` measures it here. numba is
loaded when a decoder is first called, never by this import.
"""

from cmo_kit.fast.decoder import FastDecoder, compiled_evaluation, total_tardiness

__all__ = ["FastDecoder", "compiled_evaluation", "total_tardiness"]
