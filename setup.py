"""Data that lies beside the package in a checkout and inside it when installed."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithData(build_py):
    """Put the instances and the notebooks into the built package."""

    def run(self) -> None:
        """Build the package, then add its data; an editable install finds them where they are."""
        super().run()
        if not self.editable_mode:
            for name in ("instances", "notebooks"):
                target = Path(self.build_lib) / "cmo_kit" / name
                copytree(ROOT / name, target, dirs_exist_ok=True, ignore=ignore_patterns(".*", "__pycache__"))


setup(cmdclass={"build_py": BuildWithData})
