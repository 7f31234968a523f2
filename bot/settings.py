"""What an operator can set, read once from the environment (or ``.env``) and frozen.

Every variable is prefixed ``MINGBAI_``. Nothing else in the project reads the environment.
"""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Frozen settings of one running copy of Mingbai."""

    model_config = SettingsConfigDict(
        env_prefix="MINGBAI_", env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    web_host: str = "127.0.0.1"
    web_port: int = 8000
    console_host: str = "127.0.0.1"
    console_port: int = 8001
    rasa_port: int = 5005
    actions_port: int = 5055
    state_dir: Path = ROOT / "var"
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in ``state_dir``."""
    redis_url: str = ""
    """Locks and fan-out for more than one process; empty means in-process locks."""
    public_url: str = ""
    """The HTTPS address the web gateway is reached at from outside; also turns on Telegram's webhook."""
    console_url: str = ""
    """The address staff reach the console at; empty means loopback and ``console_port``."""
    telegram_token: SecretStr = SecretStr("")
    telegram_base_url: str = ""
    """A local Bot API server, or a fake one; empty means Telegram's own."""
    telegram_webhook_port: int = 8443
    """Where Telegram's webhook is received on loopback, behind the proxy that serves ``public_url``."""
    embed_origins: str = ""
    """Comma-separated origins allowed to embed the widget; empty means only our own page."""
    trusted_proxies: str = "127.0.0.1"
    """Comma-separated addresses whose ``X-Forwarded-For`` is believed."""
    public_statistics: bool = False
    """Whether the web gateway shows everybody ``/statistics``: counts without institutions."""
    log_format: str = "text"
    """``text`` for people, ``json`` in production."""

    @property
    def keys_dir(self) -> Path:
        """Where secret keys live: never in the database, never in the repository."""
        return self.state_dir / "keys"

    @property
    def resolved_database_url(self) -> str:
        """The database address with the SQLite default filled in."""
        return self.database_url or f"sqlite:///{self.state_dir / 'mingbai.db'}"

    @property
    def resolved_console_url(self) -> str:
        """The console's address with the loopback default filled in."""
        return (self.console_url or f"http://127.0.0.1:{self.console_port}").rstrip("/")

    @property
    def rasa_url(self) -> str:
        """Where the Rasa server answers (loopback or a private network only)."""
        return f"http://127.0.0.1:{self.rasa_port}"
