"""Whether tests are to take as long as they like: ``make thorough`` and ``make determinism`` ask for it."""

import os

THOROUGH = "CMO_THOROUGH" in os.environ
