"""The shell around every page: the chosen scheme, outcomes as toasts, and the policy it is written for."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.template.loader import render_to_string

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_next_page_is_drawn_in_the_scheme_that_was_chosen(client, scheme):
    client.cookies["scheme"] = scheme
    assert f'data-theme="{scheme}"' in client.get("/terms/").content.decode()


@pytest.mark.parametrize("scheme", ["", "system", '"><script>'])
def test_any_other_scheme_follows_the_device(client, scheme):
    client.cookies["scheme"] = scheme
    html = client.get("/terms/").content.decode()
    assert "data-theme" not in html
    assert '"><script>' not in html


def test_the_policy_allows_our_own_files_and_nothing_inline(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'nonce-" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("level", "mark"), [(messages.SUCCESS, "icons.svg#check"), (messages.ERROR, "icons.svg#alert")]
)
def test_an_outcome_is_a_toast_in_a_region_that_is_read_out(rf, level, mark):
    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    messages.add_message(request, level, "Card <7K4M> is frozen.")
    html = render_to_string("parts/_toasts.html", {"messages": messages.get_messages(request)})
    assert 'role="status" aria-live="polite"' in html
    assert "Card &lt;7K4M&gt; is frozen." in html
    assert mark in html


def test_every_page_lets_the_keyboard_skip_to_its_content_and_list_its_keys(client):
    html = client.get("/terms/").content.decode()
    assert 'class="skip" href="#main"' in html
    assert 'id="main"' in html
    assert '<dialog class="dialog" id="keys"' in html
