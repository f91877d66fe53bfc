"""What participants write in a discussion becomes a page of about its own size."""

from server.discussions.formatting import render_words


def test_an_address_that_many_links_name_is_not_written_out_without_end():
    address = f"https://other.example/{'x' * 10_000}"
    html = render_words(f"[a]: {address}\n\n" + "[a] " * 3_000)
    assert len(html) < 300_000
    assert f'<a href="{address}" rel="noopener nofollow ugc">a</a>' in html


def test_a_link_that_was_written_once_stays():
    assert 'href="https://other.example/"' in render_words("[here](https://other.example/)")
