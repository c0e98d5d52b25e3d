"""From the pipeline of one Site to setup times (Section III, Figure 1).

A batch passes its operations without waiting, so the start of its first operation fixes all
others: operation ``o`` of a batch of order ``i`` begins ``sum_{m<o} p_im`` time units later (Section III).
"""

import numpy as np

from cmo_kit.base.arrays import Times


def operation_ends(processing_times: Times) -> Times:
    """When each operation of a batch ends, counted from its start: ``sum_{m<=o} p_im``, shape (I, O)."""
    return np.cumsum(processing_times, axis=1)


def operation_starts(processing_times: Times) -> Times:
    """When each operation of a batch begins, counted from its start: ``sum_{m<o} p_im``, shape (I, O)."""
    ends = operation_ends(processing_times)
    return np.hstack([np.zeros((len(ends), 1)), ends[:, :-1]])


def pipeline_gaps(processing_times: Times, same_order: Times, change: Times) -> Times:
    """Least time ``g`` (I, I), from row to column, between the starts of batches that follow one another on a Site.

    ``g_ij = max_o ( sum_{m<=o} p_im + k_oij - sum_{m<o} p_jm )``: on every equipment the first batch must have left
    and the cleaning ``k_oij`` must be done before the second arrives. All are in time units; the arguments, (I, O), are
    ``p_io`` and the cleaning before a batch of the same and of another order. Section III says both that batches of
    one order are cleaned longer and that they need less setup; only the second fits [P]: ``change`` is normally longer.
    """
    ends, starts = operation_ends(processing_times), operation_starts(processing_times)
    free = ends + change
    gaps = np.full((len(ends), len(ends)), -np.inf)
    for o in range(ends.shape[1]):  # one after another: a table of all would be large
        np.maximum(gaps, free[:, o, None] - starts[None, :, o], out=gaps)
    own = np.max(ends + same_order - starts, axis=1)
    gaps[np.diag_indices_from(gaps)] = own
    return gaps
