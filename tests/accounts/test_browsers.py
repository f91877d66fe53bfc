"""What a browser is called."""

import pytest

from server.accounts.browsers import browser_family

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME.format("Windows NT 10.0; Win64; x64"), "Chrome, Windows"),
        (CHROME.format("Linux; Android 15; Pixel 9"), "Chrome, Android"),
        (CHROME.format("Windows NT 10.0") + " Edg/141.0.0.0", "Edge, Windows"),
        (CHROME.format("Macintosh; Intel Mac OS X 10_15_7") + " OPR/125.0", "Opera, macOS"),
        (f"{IPHONE} (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        (f"{IPHONE} (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1", "Chrome, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Macintosh; PPC) Strange/1", "macOS"),
        ("curl/8.14", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_by_its_family_and_its_system(user_agent: str, name: str) -> None:
    assert browser_family(user_agent) == name
