"""Every method by name, and :func:`~cmo_kit.methods.registry.registry.solve`, which runs one."""
