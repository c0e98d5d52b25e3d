"""Compiled decoding: the numbers of :mod:`cmo_kit.core`, to the last bit, in a hundredth of the time.

numba is loaded when a decoder is first called, never by this import.
"""

from cmo_kit.fast.decoder import FastDecoder, compiled_evaluation, total_tardiness

__all__ = ["FastDecoder", "compiled_evaluation", "total_tardiness"]
