"""What the notebooks of the course say rests on functions, and these do what they say."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from numpy.testing import assert_array_equal

from cmo_kit import InputError, decode, load_instance, solve
from cmo_kit.course.loop_source import BEGINNINGS, lines_by_box, loop_source
from cmo_kit.course.operators_by_hand import cross_pair, example_population, mutate_once, mutation_effects, tardiness_of
from cmo_kit.views import FIGURE_3_KEYS
from cmo_kit.views.crossover import alt_text_crossover, plot_crossover
from cmo_kit.views.flow_chart import BOXES, alt_text_flow_chart, plot_flow_chart
from cmo_kit.views.generations import alt_text_generations, plot_generations

FIG3 = load_instance("fig3")


def test_the_example_population_begins_with_figure_3() -> None:
    """The first chromosome is the paper's, the others are random and the same for the same seed."""
    population = example_population(FIG3, 5, seed=2)
    assert_array_equal(population[0], FIGURE_3_KEYS)
    assert_array_equal(population, example_population(FIG3, 5, seed=2))
    assert tardiness_of(FIG3, population)[0] == decode(FIG3, FIGURE_3_KEYS).total_tardiness


def test_children_of_a_pair_are_complementary() -> None:
    """Each gene of a child is a parent's, and what one child has not the other has."""
    parents = example_population(FIG3, 2, seed=1)
    children, kept = cross_pair(*parents, seed=3)
    assert_array_equal(children[0], np.where(kept, parents[0], parents[1]))
    assert_array_equal(children[1], np.where(kept, parents[1], parents[0]))
    assert 0 < kept.sum() < len(kept)


def test_a_mutation_changes_one_gene() -> None:
    """One gene is another, and it is the one that is named."""
    after, gene = mutate_once(FIGURE_3_KEYS, seed=5)
    assert np.flatnonzero(after != np.array(FIGURE_3_KEYS)).tolist() == [gene]


def test_effects_of_mutations_add_up() -> None:
    """On an instance with one batch nothing can change; on Figure 3's some mutations are neutral and some are not."""
    one = load_instance("tiny-one-batch")
    assert mutation_effects(one, np.full(one.key_count, 0.5), 20, seed=1).same == 20
    effects = mutation_effects(FIG3, FIGURE_3_KEYS, 200, seed=1)
    assert effects.tries == 200
    assert 0 < effects.same < 200
    assert str(effects.worse) in effects.sentence


def test_every_box_of_the_flow_chart_has_its_code() -> None:
    """Each box stands beside lines of the source, and the chart and its words name all boxes."""
    assert set(BOXES) == set(BEGINNINGS) == set(lines_by_box())
    ax = plot_flow_chart(lines_by_box())
    assert {patch.get_gid() for patch in ax.patches} >= {f"box-{number}" for number in BOXES}
    assert "our drawing" in ax.get_title(loc="left")
    assert "4 stop?" in alt_text_flow_chart()


def test_the_printed_loop_is_the_loop() -> None:
    """Every printed line stands in the source, from the loop's head to the evaluation of the children."""
    lines = loop_source().splitlines()
    assert lines[0] == "while True:"
    assert lines[-1].strip() == "tardiness, schedules = evaluate(population)"
    assert sum("rows.append" in line for line in lines) == 1
    assert all(any(line.strip() == wanted for line in lines) for box in (3, 5, 6, 7) for wanted in lines_by_box()[box])


def test_the_crossover_picture_shows_each_gene_by_origin() -> None:
    """Boxes of exchanged genes look like the other parent's; other shapes are refused."""
    parents = example_population(FIG3, 2, seed=1)
    children, kept = cross_pair(*parents, seed=3)
    boxes = {patch.get_gid(): patch for patch in plot_crossover(FIG3, parents, children, kept).patches}
    for gene, keeps in enumerate(kept):
        child, parent = boxes[f"2-{gene}"], boxes[f"{0 if keeps else 1}-{gene}"]
        assert isinstance(child, Rectangle)
        assert (child.get_facecolor(), child.get_hatch()) == (parent.get_facecolor(), parent.get_hatch())
    assert f"child 1 has {kept.sum()} genes" in alt_text_crossover(FIG3, kept)
    with pytest.raises(InputError, match="two and two"):
        plot_crossover(FIG3, parents[:1], children, kept)


def test_the_picture_of_a_run_has_its_numbers() -> None:
    """The lines are the history's, and so are the words; an empty history is refused."""
    history = solve(FIG3, "ga", seed=1, generations=5, target=0).history
    assert history is not None
    lines = {line.get_gid(): line for ax in plot_generations(history).axes for line in ax.lines}
    assert_array_equal(lines["mean"].get_ydata(), history.mean)
    assert f"best {history.best[-1]:.6g}" in alt_text_generations(history)
    empty = type(history)(*(getattr(history, name)[:0] for name in history.__dataclass_fields__))
    with pytest.raises(InputError, match="empty"):
        plot_generations(empty)
