"""Every method by name, and :func:`~cmo_kit.methods.registry.solve`, which runs one."""
