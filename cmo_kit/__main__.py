"""``python -m cmo_kit`` is ``cmo-kit``."""

import sys

from cmo_kit.cli import main

sys.exit(main())
