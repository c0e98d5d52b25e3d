"""The picture of what the fast decoder sees says what the decoder does."""

import numpy as np
import pytest

from cmo_kit import decode, load_instance
from cmo_kit.views import FIGURE_3_KEYS
from cmo_kit.views.cuts import alt_text_cuts, plot_cuts

FIG3 = load_instance("fig3")


@pytest.mark.parametrize(
    "keys", [FIGURE_3_KEYS, (0.5,) * 13, tuple(np.linspace(0, 1, 13))], ids=["paper", "equal", "rising"]
)
def test_there_is_a_mark_for_every_batch_change_and_run(keys: tuple[float, ...]) -> None:
    """Every batch once, every Site change once, and below exactly the runs of the schedule."""
    ax = plot_cuts(FIG3, keys)
    marked = {text.get_gid() for text in ax.texts} | {line.get_gid() for line in ax.lines}
    runs = {
        f"cell-{l}-{FIG3.order_index[run.order]}"
        for l, site in enumerate(decode(FIG3, np.array(keys)).sites)
        for run in site
    }
    batches = {f"batch-{gene}" for gene in range(FIG3.total_batches)}
    assert marked - {None} == batches | runs | {f"cut-{k}" for k in range(FIG3.sites - 1)}
    assert f"Of these keys {len(runs)} are kept" in alt_text_cuts(FIG3, keys)
