"""The paper: Kim, Kim and Kim (2024), in the order in which it can be read.

1. :mod:`~cmo_kit.core.instance`, Section III and Table 1: orders, batches, Sites, and the symbols of the model;
   :mod:`~cmo_kit.core.pipeline`, Figure 1: how setup times follow from the cleaning of a Site's equipment.
2. :mod:`~cmo_kit.core.schedule`, equations (1) and (6) to (9): runs on Sites, and the times that follow from them.
3. :mod:`~cmo_kit.core.model`, Section III: the mixed-integer model [P], equation by equation
   (:mod:`cmo_kit.models.model_size` counts it, :mod:`cmo_kit.methods.milp` solves it).
4. :mod:`~cmo_kit.core.chromosome`, Section 4.1: random keys and the schedule that they stand for;
   :mod:`~cmo_kit.core.trace`, Figure 3: the same, step by step.
5. :mod:`~cmo_kit.core.operators`, Section 4.2: fitness (16), roulette wheel, crossover, mutation;
   :mod:`~cmo_kit.core.genetic`, Section 4.3, Figure 2 and Table 3: the genetic algorithm. Other operators, their names
   and checks of one's own are in :mod:`cmo_kit.codings.operators` and :mod:`cmo_kit.methods.genetic`.
6. :mod:`~cmo_kit.core.expert`, Section 5: how planners schedule;
   :mod:`~cmo_kit.core.generate`, Table 2: random problems of three sizes.

Every method returns an :class:`~cmo_kit.core.outcome.Outcome`. Data with its rules, its files, and when one run per
order and Site is enough (:mod:`~cmo_kit.formats.conditions`) are in :mod:`cmo_kit.formats`. Compiled decoding, better
methods and proofs of bounds stand in rooms of their own, and give the same numbers.
"""
