"""An instance is opened by its settings: what is nearly one is named."""

from server.cli.instance import load_settings, misspelt


def test_a_name_that_is_nearly_a_setting_is_found_with_the_one_that_is_meant() -> None:
    names = ("VARSITY_MAIL_URI", "VARSITY_DATABSE_URL", "VARSITY_MAIL_URL", "PATH")
    assert misspelt(names) == [
        ("VARSITY_DATABSE_URL", "VARSITY_DATABASE_URL"),
        ("VARSITY_MAIL_URI", "VARSITY_MAIL_URL"),
    ]


def test_what_is_of_clients_and_tests_or_like_no_setting_is_left_alone() -> None:
    names = ("VARSITY_URL", "VARSITY_TOKEN", "VARSITY_CHROMIUM", "VARSITY_Mail_Url")
    names = (*names, "VARSITY_TEST_DATABASE_URL")
    assert misspelt(names) == []


def test_whoever_starts_a_command_is_told(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setenv("VARSITY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VARSITY_MAIL_URI", "smtp://mail.example.edu")
    load_settings()
    assert "Is VARSITY_MAIL_URL meant?" in capsys.readouterr().err
