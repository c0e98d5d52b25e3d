"""The search: evaluation by touched Sites, tiny optima, corners, determinism, stopping."""

import threading
import time
from _thread import interrupt_main
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo_kit import Instance, Order, check_schedule, generate_instance
from cmo_kit.base.errors import InputError
from cmo_kit.core.expert import dispatch, expert, expert_orders
from cmo_kit.core.schedule import from_indices
from cmo_kit.search import search, warm_up
from tests.helpers.enumeration import optimum
from tests.helpers.strategies import instances, tiny_instance, with_times
from tests.helpers.thorough import sample


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """No test's clock counts compilation."""
    warm_up()


def total(instance: Instance, seed: int = 1, **arguments: object) -> float:
    outcome = search(instance, np.random.default_rng(seed), **arguments)  # type: ignore[arg-type]
    assert check_schedule(instance, outcome.schedule) == []
    return outcome.schedule.total_tardiness


def unit_batches(sites: int, sizes: tuple[int, ...], dues: tuple[float, ...], weights: tuple[float, ...]) -> Instance:
    orders = tuple(
        Order(str(i), size, due, (1,), weight)
        for i, (size, due, weight) in enumerate(zip(sizes, dues, weights, strict=True))
    )
    return Instance("unit", sites, orders, tuple((0,) * len(sizes) for _ in sizes), operations=("one",))


def new_chain(instance: Instance, seed: int):  # type: ignore[no-untyped-def]
    """A chain that begins with the expert's whole orders and tries all moves alike."""
    from cmo_kit.search.runs import RunChain

    runs = dispatch(instance, whole_orders=True)[: instance.total_batches]
    return RunChain(instance, runs, np.random.SeedSequence(seed), np.full(8, 1 / 8))


class TestEvaluation:
    @given(instance=instances(maximum_orders=6, maximum_batches=6), seed=st.integers(0, 2**32 - 1))
    @settings(max_examples=30)
    def test_the_state_is_what_the_schedule_says_after_every_move(self, instance: Instance, seed: int) -> None:
        """Times, parts, costs and total, kept up move by move, equal those computed anew by core.Schedule."""
        instance = instance.whole
        from cmo_kit.search.state import runs_of

        chain = new_chain(instance, seed)
        state = chain.state
        for move in range(60):
            state.now["best"] = 1e300  # a best of zero would end the annealing
            chain.anneal_moves(move, 1, 0.0, 10.0 if move % 2 else 1e-9, lambda: False)
            runs = runs_of(state.runs, state.sites["length"])
            schedule = from_indices(instance, runs + [[] for _ in range(instance.sites - len(runs))])
            assert check_schedule(instance, schedule) == []
            for l, starts in enumerate(schedule.run_starts[: len(runs)]):
                assert state.runs["start"][l, : len(starts)].tolist() == list(starts)
            assert state.orders["cost"].tolist() == (instance.w * schedule.tardiness).tolist()
            assert state.now["total"][0] == pytest.approx(schedule.total_tardiness, rel=1e-12, abs=1e-9)
            for i, order in enumerate(state.orders):
                parts = state.parts[order["offset"] : order["offset"] + order["parts"]]
                assert sorted(parts["site"]) == [l for l, site in enumerate(runs) if i in dict(site)]
                assert parts["end"].max() + instance.tails[i] == schedule.order_completions[i]
            single = state.orders["parts"] * (1 if instance.one_run_failure is None else 2) == 1
            for l, site in enumerate(runs):
                i = np.array([order for order, _ in site], dtype=int)
                late = instance.w[i] * (state.runs["end"][l, : len(i)] + instance.tails[i] > instance.D[i])
                for k in range(len(i) + 1):
                    assert state.late[l, k].tolist() == pytest.approx([late[k:].sum(), late[k:] @ single[i[k:]]])

    @given(instance=instances(maximum_orders=6, maximum_batches=6), seed=st.integers(0, 2**32 - 1))
    @settings(max_examples=20)
    def test_a_move_is_given_up_only_when_it_is_worse_than_allowed(self, instance: Instance, seed: int) -> None:
        """What a glance, or an evaluation that may stop early, decides is what the whole change, measured without
        limit, says.

        Three limits of four are just enough for the move.
        """
        from cmo_kit.search.randomness import tolerance
        from cmo_kit.search.runs import anneal

        state = new_chain(instance.whole, seed).state
        for move in range(400):
            temperature = (0.5, 5.0, 50.0, 1.0)[move % 4]
            words, pool, before = state.words.copy(), state.sites["pool"].copy(), float(state.now["total"][0])
            limit = tolerance(temperature, state.words)
            state.rises[0] = np.nan
            anneal(state, 1, 0, np.inf, 0.0)
            change = state.rises[0]
            if move % 4 != 3 and change > 0.0:
                temperature, limit = temperature * change / limit * (1 + 1e-9), change * (1 + 1e-9)
            state.words[:], state.sites["pool"] = words, pool
            state.now["best"] = 1e300
            anneal(state, 1, 0, temperature, 0.0)
            assert state.now["total"][0] == pytest.approx(before + change if change <= limit else before, abs=1e-6)

    @pytest.mark.parametrize("name", ["small", "large"])
    def test_the_stated_best_is_the_schedules_own(self, name: str) -> None:
        """After many moves on a problem of the paper's size the kept total is still exact."""
        instance = generate_instance(name, 7)
        chain = new_chain(instance, 1)
        chain.anneal_moves(0, 50_000, -1e-4, 10.0, lambda: False)
        assert from_indices(instance, chain.best_runs()).total_tardiness == chain.best


class TestQuality:
    @pytest.mark.parametrize("block", range(4))
    def test_tiny_optima_are_found(self, block: int) -> None:
        for seed in range(1000 + block * 50, 1000 + block * 50 + sample(50)):
            instance = tiny_instance(seed)
            found = total(instance, evaluations=20_000, workers=1)
            assert found == pytest.approx(optimum(instance).value, abs=1e-9), instance.name

    @pytest.mark.parametrize("name", ["small", "medium", "large"])
    def test_half_a_million_moves_beat_the_better_expert_rule_by_a_tenth(self, name: str) -> None:
        instance = generate_instance(name, 11)
        rng = np.random.default_rng(1)
        rules = [rule(instance, rng).schedule for rule in (expert, expert_orders)]
        assert total(instance, evaluations=500_000) < 0.9 * min(rule.total_tardiness for rule in rules if rule)


class TestShape:
    def test_the_unit_of_temperatures_grows_with_the_times(self) -> None:
        small = generate_instance("small", 5)
        units = []
        for times in (1, 3):
            chain = new_chain(with_times(small, lambda time, times=times: times * time), 1)
            chain.set_unit(2000)
            units.append(chain.unit)
        assert units[1] == pytest.approx(3 * units[0])

    @pytest.mark.parametrize("own", [True, False])
    def test_half_of_the_places_near_in_time_are_next_to_it(self, own: bool) -> None:
        """Of 40 runs the one at 20 starts at the time: of all places a fifth is drawn, of the others half is next."""
        from cmo_kit.search.moves import ANYWHERE, random_place
        from cmo_kit.search.runs import RunChain

        instance = unit_batches(2, (1,) * 40, (1,) * 40, (1,) * 40)
        chain = RunChain(instance, [[(i, 1) for i in range(40)], []], np.random.SeedSequence(3), np.full(8, 1 / 8))
        drawn = np.array([random_place(chain.state, 0, 20.0, 40, own) for _ in range(20_000)])
        assert (drawn.min(), drawn.max()) == (0, 40)
        after = 21 if own else 20
        for away, near in ((0, 0.5), (1, 0.25), (2, 0.125)):
            shares = [float((drawn == place).mean()) for place in (19 - away, after + away)]
            assert shares == pytest.approx([(1 - ANYWHERE) * near / 2 + ANYWHERE / 41] * 2, abs=0.01)
        chain.state.now["anywhere"] = 1
        anywhere = np.array([random_place(chain.state, 0, 20.0, 40, own) for _ in range(20_000)])
        assert np.bincount(anywhere, minlength=41) / 20_000 == pytest.approx(np.full(41, 1 / 41), abs=0.01)

    def test_without_a_worse_move_the_unit_stays_above_zero(self) -> None:
        chain = new_chain(unit_batches(2, (2, 3), (0, 0), (0, 0)), 1)
        chain.set_unit(100)
        assert chain.unit > 0

    @pytest.mark.parametrize(
        ("sites", "sizes", "unused"),
        [
            (1, (1, 1, 1), {3, 4, 5, 6, 7}),
            (1, (2, 1, 1), {3, 4, 5, 6, 7}),
            (3, (1, 1, 1), {3, 4, 6, 7}),
            (3, (2, 1), set()),
        ],
    )
    def test_blocks_get_the_shares_of_moves_that_the_instance_has_no_use_for(
        self, sites: int, sizes: tuple[int, ...], unused: set[int]
    ) -> None:
        from cmo_kit.search.method import BLOCK, FREQUENCIES, _shares

        shares = _shares(FREQUENCIES, unit_batches(sites, sizes, (1,) * len(sizes), (1,) * len(sizes)))
        assert {k for k in range(8) if shares[k] == 0} == unused
        assert shares.sum() == pytest.approx(1)
        assert shares[BLOCK] == pytest.approx(FREQUENCIES[BLOCK] + sum(FREQUENCIES[k] for k in unused))

    def test_only_where_no_setups_differ_lists_take_longer_and_kicks_follow(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cmo_kit.search.team import Stage, Team

        none, differ = unit_batches(1, (1,) * 10, (1,) * 10, (1,) * 10), generate_instance("small", 5)
        plans: list[list[Stage]] = []
        monkeypatch.setattr(Team, "run_moves", lambda self, moves, plan, seconds=None: plans.append(plan))
        for instance in (none, differ):
            for rounds in (1, 2, 4):
                search(instance, np.random.default_rng(1), evaluations=10**9, chains=1, rounds=rounds)
                assert sum(stage.seconds for stage in plans[-1]) == pytest.approx(1)
                assert sum(stage.moves for stage in plans[-1]) == pytest.approx(1)
        assert ["".join("ak"[stage.kicks] for stage in plan) for plan in plans] == [
            *("aka", "akak", "akakkk"),
            *("aa", "aaa", "aaaaa"),
        ]
        lists = [[stage for stage in plan if stage.lists] for plan in plans]
        assert [sum(stage.seconds for stage in plan) for plan in lists] == pytest.approx([0.5] * 3 + [0.1] * 3)
        assert [sum(stage.moves for stage in plan) for plan in lists] == pytest.approx([0.2] * 3 + [0.03] * 3)

    @pytest.mark.parametrize("lists", [True, False])
    def test_a_kick_goes_out_from_the_best_schedule_and_loses_nothing(self, lists: bool) -> None:
        """Moves that nothing forbids, and then none that makes worse: the best is found again, or a better one."""
        from cmo_kit.search.chain import KICK
        from cmo_kit.search.team import Team

        instance = unit_batches(2, (3, 2, 2, 1), (2, 1, 2, 0), (1, 3, 2, 1))
        team = Team(instance, np.random.default_rng(2), 1, 1, np.full(8, 1 / 8))
        chain = (team.list_chains if lists else team.run_chains)[0]
        chain.anneal_moves(0, 300, -1e-2, 10.0, lambda: False)
        known, worse = chain.best, 0
        for kick in range(20):
            chain.kick_moves(kick * chain.period, KICK, 1e-9, lambda: False)
            worse += chain.now["total"][0] > known
            chain.kick_moves(kick * chain.period + KICK, chain.period - KICK, 1e-9, lambda: False)
            assert chain.best <= known
            known = chain.best
        assert worse > 10
        assert chain.moves == 300 + 20 * chain.period
        assert known == optimum(instance).value


class TestCorners:
    def test_a_second_run_is_found_where_it_helps(self) -> None:
        """Where the one-run condition fails, two runs of an order make an opening setup unnecessary: 0 instead of 2."""
        orders = (Order("1", 2, 100, (2, 1, 1)), Order("2", 1, 9, (2, 1, 1)))
        instance = Instance("split", 1, orders, ((0, 3), (3, 0)), initial_setup_times=(0, 20))
        outcome = search(instance, np.random.default_rng(1), evaluations=5000)
        assert outcome.status == "optimal"
        assert [run.order for run in outcome.schedule.sites[0]] == ["1", "2", "1"]  # type: ignore[union-attr]

    def test_a_full_site_loses_no_batch(self) -> None:
        """Where second runs may help, a Site has room for a few runs of each order; a move that needs more fails."""
        from cmo_kit.search.runs import RunChain
        from cmo_kit.search.state import runs_of

        orders = tuple(Order(str(i), 10, 0, (1,)) for i in range(2))
        instance = Instance("switching", 2, orders, ((9, 0), (0, 9)), operations=("one",))
        full = [[(i, 2), (1 - i, 2), (i, 2), (1 - i, 2), (i, 2)] for i in range(2)]
        chain = RunChain(instance, full, np.random.SeedSequence(1), np.full(8, 1 / 8))
        assert chain.state.runs.shape == (2, 5)
        for move in range(500):
            chain.restart(full)
            chain.anneal_moves(move, 1, 0.0, 1e9, lambda: False)
            runs = runs_of(chain.state.runs, chain.state.sites["length"])
            assert [sum(count for site in runs for i, count in site if i == order) for order in range(2)] == [10, 10]

    def test_no_setups_and_thousands_of_unit_batches(self) -> None:
        """Spread evenly over all Sites, orders of L p_j unit batches follow one another as one job each: 1||sum wT."""
        lengths = (300, 500, 200, 700, 400)
        weights, dues = (1, 2, 3, 1, 2), (600, 500, 300, 900, 1000)
        instance = unit_batches(5, tuple(5 * length for length in lengths), dues, weights)
        single = unit_batches(1, (1,) * 5, dues, weights)
        jobs = [Order(o.id, 1, o.due_date, (p,), o.weight) for o, p in zip(single.orders, lengths, strict=True)]
        single = Instance("single", 1, tuple(jobs), single.setup, operations=("one",))
        assert total(instance, evaluations=100_000) == optimum(single).value

    def test_one_batch_for_each_order(self) -> None:
        """P||sum T with more Sites than one: the tiny optimum by enumeration."""
        instance = unit_batches(2, (1,) * 6, (0, 1, 1, 2, 3, 0), (1, 3, 1, 1, 2, 1))
        assert total(instance, evaluations=20_000) == optimum(instance).value

    def test_more_sites_than_batches(self) -> None:
        instance = unit_batches(1000, (3, 2), (0, 0), (1, 1))
        assert total(instance, evaluations=10_000) == 2

    @pytest.mark.parametrize("sites", [1, 4])
    def test_one_order(self, sites: int) -> None:
        instance = unit_batches(sites, (9,), (1,), (1,))
        assert total(instance, evaluations=1) == -(-9 // sites) - 1

    def test_many_orders_on_one_site(self) -> None:
        instance = generate_instance("large", 3, orders=300, sites=1)
        rule = expert_orders(instance, np.random.default_rng(1)).schedule
        assert total(instance, evaluations=50_000) < rule.total_tardiness  # type: ignore[union-attr]

    def test_all_weights_zero(self) -> None:
        outcome = search(unit_batches(2, (2, 3), (0, 0), (0, 0)), np.random.default_rng(1), evaluations=100)
        assert outcome.status == "optimal"

    def test_fractions_of_a_day(self) -> None:
        whole = generate_instance("small", 5, orders=6, sites=2)
        tenth, expected = with_times(whole, lambda time: time * 0.1), total(whole, evaluations=200_000)
        assert total(tenth, evaluations=200_000) == pytest.approx(0.1 * expected, abs=1e-6)


class TestBudget:
    @pytest.mark.parametrize(("evaluations", "others"), [(300_001, {}), (560_001, {"chains": 2})])
    def test_a_seed_gives_one_schedule_whatever_the_workers(self, evaluations: int, others: dict[str, int]) -> None:
        """Also where chains are so long that they wait for each other."""
        instance = generate_instance("medium", 3)
        outcomes = [
            search(instance, np.random.default_rng(9), evaluations=evaluations, workers=workers, **others)
            for workers in (1, 2, 5)
        ]
        assert {outcome.evaluations for outcome in outcomes} == {evaluations}
        assert outcomes[0].schedule == outcomes[1].schedule == outcomes[2].schedule

    def test_the_pace_of_the_work_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        instance = generate_instance("small", 2)
        chains = [new_chain(instance, 5) for _ in range(2)]
        chains[0].anneal_moves(0, 2000, -1e-3, 10.0, lambda: False)
        for move in range(2000):
            chains[1].anneal_moves(move, 1, -1e-3, 10.0, lambda: False)
        assert chains[0].state.runs.tobytes() == chains[1].state.runs.tobytes()
        for chain, longest in zip(chains, (100_000, 7), strict=True):
            monkeypatch.setattr("cmo_kit.search.chain.LARGEST_PIECE", longest)
            chain.kick_moves(0, 2 * chain.period + 2000, 0.02, lambda: False)
        assert chains[0].state.runs.tobytes() == chains[1].state.runs.tobytes()

    def test_other_seeds_search_elsewhere(self) -> None:
        instance = generate_instance("large", 3)
        found = {total(instance, seed, evaluations=20_000) for seed in range(4)}
        assert len(found) > 1

    @pytest.mark.parametrize("evaluations", [1, 2, 3, 7, 1001])
    def test_the_number_of_moves_is_kept(self, evaluations: int) -> None:
        late = unit_batches(2, (3, 2, 4), (0, 0, 0), (1, 1, 1))  # without setups: kicks
        for instance in (generate_instance("small", 1), late):
            outcome = search(instance, np.random.default_rng(1), evaluations=evaluations)
            assert outcome.evaluations == evaluations

    @pytest.mark.parametrize("arguments", [{}, {"chains": 5, "workers": 2}, {"rounds": 3}])
    def test_seconds_are_kept(self, arguments: dict[str, int]) -> None:
        began = time.perf_counter()
        outcome = search(generate_instance("medium", 1), np.random.default_rng(1), seconds=0.3, **arguments)
        assert 0.2 < time.perf_counter() - began < 20
        assert outcome.status == "feasible"

    def test_seconds_end_a_budget_of_moves_that_is_too_large(self) -> None:
        outcome = search(generate_instance("large", 1), np.random.default_rng(1), seconds=0.3, evaluations=10**9)
        assert 0 < outcome.evaluations < 10**9

    def test_no_time_at_all(self) -> None:
        instance = generate_instance("small", 1)
        outcome = search(instance, np.random.default_rng(1), seconds=0)
        rule = expert_orders(instance, np.random.default_rng(1)).schedule
        assert outcome.schedule.total_tardiness <= rule.total_tardiness
        assert outcome.status == "feasible"

    def test_zero_tardiness_ends_the_run(self) -> None:
        instance = generate_instance("small", 1, due_date=(500, 600))
        began = time.perf_counter()
        outcome = search(instance, np.random.default_rng(1), seconds=600)
        assert time.perf_counter() - began < 300
        assert outcome.status == "optimal"

    def test_progress_is_reported_while_it_runs(self) -> None:
        seen: list[tuple[float, int, float]] = []
        search(
            generate_instance("medium", 1),
            np.random.default_rng(1),
            seconds=1,
            progress=lambda *state: seen.append(state),
        )
        assert len(seen) >= 3
        best, moves, seconds = (list(column) for column in zip(*seen, strict=True))
        assert best == sorted(best, reverse=True)
        assert moves == sorted(moves)
        assert seconds == sorted(seconds)

    @pytest.mark.parametrize("limit", [{"seconds": 600.0}, {"evaluations": 10**11}])
    def test_an_interrupt_returns_the_best_so_far(self, limit: dict[str, float]) -> None:
        timer = threading.Timer(0.1, interrupt_main)

        def begun(*state: float) -> None:
            if timer.ident is None:  # not started yet
                timer.start()

        began = time.perf_counter()
        outcome = search(generate_instance("large", 1), np.random.default_rng(1), progress=begun, **limit)
        assert time.perf_counter() - began < 300
        assert outcome.status == "stopped"
        assert check_schedule(outcome.schedule.instance, outcome.schedule) == []

    @pytest.mark.parametrize(
        "arguments",
        [
            {"seconds": -1},
            {"evaluations": 0},
            {"workers": 0},
            {"chains": 0},
            {"rounds": 0},
            {"list_temperature": 0},
            {"start_temperature": 0},
            {"end_temperature": -1},
            {"frequencies": (1, 2)},
            {"frequencies": (0,) * 8},
            {"frequencies": (1e308,) * 8},
            {"start_temperature": 1e308},
        ],
    )
    def test_bad_parameters_are_refused(self, arguments: dict[str, object]) -> None:
        with pytest.raises(InputError, match=next(iter(arguments))):
            search(generate_instance("small", 1), np.random.default_rng(1), **arguments)  # type: ignore[arg-type]

    def test_an_interrupt_while_loading_still_gives_a_schedule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cmo_kit.search.method.warm_up", Mock(side_effect=KeyboardInterrupt))
        outcome = search(generate_instance("small", 1), np.random.default_rng(1), seconds=1)
        assert (outcome.status, outcome.evaluations) == ("stopped", 0)
        assert check_schedule(outcome.schedule.instance, outcome.schedule) == []
