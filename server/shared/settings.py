"""Settings: environment variables with the prefix VARSITY_, and a `.env` file."""

import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.shared.kept import kept_text

WEAK_SECRETS = frozenset({"changeme", "change-me", "secret", "dev", "development", "varsity"})
SHORTEST_SECRET = 32


class SecondFactorFor(StrEnum):
    """Whose pages of a role ask for a second factor; each includes the one before."""

    NOBODY = "nobody"
    ADMINISTRATORS = "administrators"
    ORGANISERS = "organisers"


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class _Url(NamedTuple):
    """Which URLs are meant, and whether a folder may stand in the place of one."""

    schemes: tuple[str, ...]
    said: str
    or_folder: bool = False


_FILES = _Url(("s3://",), "a folder, or s3://bucket/prefix", or_folder=True)
URLS = {
    "database_url": _Url(
        ("sqlite://", "postgresql://", "postgresql+psycopg://"),
        "postgresql+psycopg://user:password@host/name, or empty for SQLite",
    ),
    "queue_url": _Url(
        ("redis://", "rediss://", "postgresql://", "postgresql+psycopg://"),
        "redis://host:6379/0 or postgresql://user:password@host/name, or empty for SQLite",
    ),
    "files_url": _FILES,
    "hidden_url": _FILES,
    "mail_url": _Url(
        ("smtp://", "smtps://"),
        "smtp://user:password@host:587?starttls=1 or smtps://user:password@host:465, or empty",
    ),
}
RATES = tuple(
    f"rate_limit_{what}"
    for what in (
        *("uploads", "sign_in", "sign_up", "tokens", "codes", "questions"),
        *("comparisons", "trials", "exports"),
    )
)


def _without_password(url: str) -> str:
    """Return an URL as it may stand on a terminal or in a log."""
    return f"{url.partition(':')[0]}:..." if "@" in url else url


class InsecureSettings(ValueError):
    """A setting that must not be used outside a demonstration."""


class Settings(BaseSettings):
    """How this instance is run. Every field is documented in docs/operators.md."""

    model_config = SettingsConfigDict(env_prefix="VARSITY_", env_file=".env", extra="ignore")

    data_dir: Path = Field(Path("instance"), description="Where everything of one machine is kept.")
    database_url: str = Field("", description="SQLAlchemy URL; SQLite in the data folder if empty.")
    queue_url: str = Field("", description="redis:// or postgresql:// URL; SQLite if empty.")
    files_url: str = Field("", description="Public files: a folder or s3:// URL.")
    hidden_url: str = Field("", description="Hidden answers: a folder or s3:// URL.")
    secret_key: str = Field("", description="Signs cookies and links; made and kept if empty.")
    receipt_key: str = Field("", description="Signs receipts; made and kept if empty.")
    base_url: str = Field("http://127.0.0.1:8000", description="The address people use.")
    mail_url: str = Field("", description="smtp:// or smtps:// URL; the outbox folder if empty.")
    mail_from: str = Field("Varsity <varsity@localhost>", description="Sender of every message.")
    site_name: str = Field("Varsity", description="The name in the header and in messages.")
    demo: bool = Field(False, description="A throw-away instance, said so on every page.")
    workers: int = Field(2, ge=0, description="Scoring children at a time.")
    web_processes: int = Field(2, ge=1, description="Web processes.")
    web_threads: int = Field(192, ge=4, description="Threads of a web process; slow uploads wait.")
    trusted_proxies: int = Field(0, ge=0, description="Reverse proxies in front of the web.")
    max_upload_bytes: int = Field(200_000_000, ge=1, description="No upload may be larger.")
    upload_seconds: int = Field(900, ge=1, description="An upload must be complete within this.")
    uploads_at_once: int = Field(4, ge=1, description="Uploads one account may have under way.")
    scoring_memory_bytes: int = Field(
        4_000_000_000, ge=1_500_000_000, description="Address space of a scoring child."
    )
    scoring_seconds: int = Field(300, ge=1, description="Wall time of a scoring child.")
    allow_metrics_without_landlock: bool = Field(
        False, description="Run metric.py although the kernel can't keep it from reading files."
    )
    lease_seconds: int = Field(600, ge=1, description="After this a claimed submission is free.")
    replicates: int = Field(1000, ge=100, description="Resamples for each interval.")
    rate_limit_uploads: str = Field("30 per minute", description="Uploads of one account.")
    rate_limit_sign_in: str = Field("10 per minute", description="Sign-in tries of one address.")
    rate_limit_sign_up: str = Field("10 per hour", description="New accounts from one address.")
    rate_limit_tokens: str = Field("20 per hour", description="New tokens of one account.")
    rate_limit_codes: str = Field("60 per hour", description="Team codes that one account tries.")
    rate_limit_questions: str = Field(
        "20 per hour", description="Questions and replies of one account to organisers."
    )
    rate_limit_comparisons: str = Field(
        "60 per hour", description="Comparisons of two teams that one account asks for."
    )
    rate_limit_trials: str = Field(
        "120 per hour", description="Trials of a metric that one account asks for."
    )
    create_challenges: Literal["administrators", "managers", "confirmed"] = Field(
        "administrators",
        description="Who may create challenges in the browser: administrators, managers of "
        "universities too, or anybody with a confirmed address.",
    )
    rate_limit_exports: str = Field(
        "3 per day", description="Copies of their own data that one account asks for."
    )
    require_second_factor: SecondFactorFor = Field(
        SecondFactorFor.NOBODY,
        description="Who signs in with a second factor: nobody, administrators or organisers.",
    )
    metrics_token: str = Field("", description="Who may read /metrics from elsewhere.")
    log_format: Literal["json", "text"] = Field("json", description="json, or text for a terminal.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error."
    )

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, said: object) -> object:
        return said.lower() if isinstance(said, str) else said

    @field_validator(*URLS)
    @classmethod
    def _is_known(cls, url: str, info: ValidationInfo) -> str:
        known = URLS[info.field_name or ""]
        names_scheme = SCHEME.match(url) if known.or_folder else url
        if names_scheme and not url.startswith(known.schemes):
            raise ValueError(f"it must be {known.said}, not {_without_password(url)}")
        return url

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"it must be like https://varsity.example.edu, not {url}")
        return url

    @field_validator(*RATES)
    @classmethod
    def _is_a_rate(cls, rate: str) -> str:
        try:
            parse_many(rate)
        except ValueError:
            raise ValueError(f"it must be like “30 per minute”, not {rate}") from None
        return rate

    @model_validator(mode="after")
    def _lease_outlives_scoring(self) -> "Settings":
        if self.lease_seconds <= self.scoring_seconds:
            raise ValueError(
                "VARSITY_LEASE_SECONDS must be larger than VARSITY_SCORING_SECONDS, "
                "or a submission would be scored twice at once"
            )
        return self

    @property
    def database(self) -> str:
        """The database's URL, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'varsity.db'}"

    @property
    def public_store(self) -> str:
        """The URL or folder of the public files."""
        return self.files_url or str(self.data_dir.resolve() / "files")

    @property
    def hidden_store(self) -> str:
        """The URL or folder of the hidden answers."""
        return self.hidden_url or str(self.data_dir.resolve() / "hidden")

    @property
    def secure_cookies(self) -> bool:
        """Whether people reach the service over https, so cookies may demand it."""
        return urlsplit(self.base_url).scheme == "https"

    def require_secret(self) -> str:
        """Return the secret key, made and kept in the data folder where none is set.

        Raises:
            InsecureSettings: it is short or a well-known default, and this is no demonstration.
        """
        if not self.secret_key:
            return kept_text(self.data_dir / "secret_key", lambda: secrets.token_urlsafe(48))
        weak = len(self.secret_key) < SHORTEST_SECRET or self.secret_key.lower() in WEAK_SECRETS
        if weak and not self.demo:
            raise InsecureSettings(
                f"VARSITY_SECRET_KEY must have at least {SHORTEST_SECRET} characters that nobody "
                "can guess; leave it empty on one machine, or set it to the output of "
                "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`"
            )
        return self.secret_key
