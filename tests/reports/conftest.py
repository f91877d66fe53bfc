"""The scene of certificates is that of the managers' pages too."""

from tests.certificates.conftest import scene

__all__ = ["scene"]
