"""Slugs, names, countries and domains."""

import pytest

from server.shared.errors import Invalid
from server.universities.rules import (
    PUBLIC_MAIL,
    clean_country,
    clean_domain,
    clean_name,
    clean_slug,
    domains_above,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("tsinghua.edu.cn", "tsinghua.edu.cn"),
        ("@TUM.de", "tum.de"),
        (" ox.ac.uk. ", "ox.ac.uk"),
        ("m\u00fcnchen.example", "xn--mnchen-3ya.example"),
        ("mail.gmail.university.example", "mail.gmail.university.example"),
    ],
)
def test_a_domain_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert clean_domain(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "edu", "a b.de", "x@tum.de", "-tum.de", "tum..de", "*.tum.de", "x" * 64 + ".de", "a\0.de"],
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="no e-mail domain"):
        clean_domain(typed)


@pytest.mark.parametrize("typed", ["gmail.com", "GMAIL.com.", "@qq.com", *sorted(PUBLIC_MAIL)])
def test_mail_that_anybody_can_have_stands_for_no_university(typed: str) -> None:
    with pytest.raises(Invalid, match="Anybody"):
        clean_domain(typed)


@pytest.mark.parametrize("typed", ["edu.cn", "ac.uk", "ac.jp", "edu.au", "com.cn"])
def test_a_suffix_of_many_organisations_stands_for_no_university(typed: str) -> None:
    with pytest.raises(Invalid, match="Many organisations"):
        clean_domain(typed)


@pytest.mark.parametrize("slug", ["tum", "eth-zurich", "x1", "a" * 64])
def test_a_slug_is_made_of_letters_digits_and_hyphens(slug: str) -> None:
    assert clean_slug(f" {slug.upper()} ") == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "a_b", "a/b", "\u6e05\u534e", "a" * 65])
def test_what_is_no_slug_is_refused(slug: str) -> None:
    with pytest.raises(Invalid):
        clean_slug(slug)


def test_a_name_has_200_characters_on_one_line_at_most() -> None:
    assert clean_name("  \u6e05\u534e\n\u5927\u5b66 ") == "\u6e05\u534e \u5927\u5b66"
    assert clean_name("", required=False) == ""
    for wrong in ("", "x" * 201, "a\0"):
        with pytest.raises(Invalid):
            clean_name(wrong)


def test_a_country_has_two_letters_or_is_left_out() -> None:
    assert (clean_country(" cn "), clean_country("")) == ("CN", "")
    # ZZ stands for no country, EU for several; UK is written GB.
    for wrong in ("CHN", "C", "1A", "ZZ", "EU", "UK"):
        with pytest.raises(Invalid):
            clean_country(wrong)


def test_the_domains_above_an_address_begin_with_the_nearest() -> None:
    assert domains_above("x@In.TUM.de") == ["in.tum.de", "tum.de"]
    assert domains_above("nobody") == []
