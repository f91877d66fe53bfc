"""The one password of the demo: printed for everybody, in an instance that is thrown away."""

PASSWORD = "demo-of-varsity"  # noqa: S105
