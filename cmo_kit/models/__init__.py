"""Stronger models than [P]: runs instead of batches, because a Site works on an order in one go.

Read in this order: ``deadlines`` (how late a run can end, proved), ``run_model`` (the run-level MILP, one method for
each family of constraints, and two ways to say how time passes), ``run_milp`` (CBC or HiGHS on it), ``highs`` (HiGHS on
a PuLP problem, in the process of ``highs_program``), ``cpsat`` (the same decisions for a constraint solver), ``common``
(how solvers are called, begin and report), ``model_size`` (how large [P] and the run-level model are).
"""
