"""Stronger models than [P]: runs instead of batches, because a Site works on an order in one go.

Read in this order: ``deadlines`` (how late a run can end, proved), ``run_model`` (the run-level MILP, one method for
each family of constraints), ``big_m_model`` and ``flow_model`` (two ways to say how time passes), ``run_milp`` (CBC or
HiGHS on them), ``circuit_model`` and ``cpsat`` (the same decisions for a constraint solver), ``compare_models`` (what
a formulation is worth).
"""
