"""What the decorators put on a request, and in whose scope a view runs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import RequestFactory

from giftwell.foundation.tenancy import scope
from giftwell.interfaces.common.access import AccessRule, Permission
from giftwell.interfaces.common.pages import bearer_page, merchant_page, person_page, public_page
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from tests.factories.identity import make_member, make_merchant, make_person

pytestmark = pytest.mark.django_db


def _ask(view, user=None, **kwargs):
    request = RequestFactory().get("/somewhere/")
    request.user = user or AnonymousUser()
    request.session = {}
    return view(request, **kwargs), request


def _says_scope(request, **_):
    here = scope.current()
    return HttpResponse(f"{here.kind} {here.merchant_id or here.person_id or ''}".strip())


def test_a_public_page_runs_in_the_public_scope_for_anybody():
    answer, request = _ask(public_page(_says_scope))
    assert answer.content == b"public"
    assert request.actor == Actor.anonymous()
    person = make_person()
    assert _ask(public_page(_says_scope), person)[1].actor == Actor.person(person.pk)
    assert scope.current().kind == ""


def test_a_persons_page_runs_in_their_scope():
    person = make_person()
    answer, _ = _ask(person_page(_says_scope), person)
    assert answer.content.decode() == f"person {person.pk}"


def test_a_merchants_page_knows_merchant_role_actor_and_permissions():
    merchant = make_merchant()
    cashier = make_member(merchant, "cashier")
    view = merchant_page(Permission.TILL_REDEEM)(_says_scope)
    answer, request = _ask(view, cashier, slug=merchant.slug)
    assert answer.content.decode() == f"merchant {merchant.id}"
    assert request.merchant == merchant
    assert request.role == "cashier"
    assert request.actor == Actor.person(cashier.pk)
    assert request.permissions == {Permission.TILL_REDEEM, Permission.TILL_REFUND}
    assert [place.slug for place in request.workplaces] == [merchant.slug]
    assert view.access_rule == AccessRule("merchant", "till.redeem")


def test_a_lazy_response_is_drawn_while_the_scope_holds():
    def view(request):
        drawn = engines["django"].from_string("{{ kind }}")
        return TemplateResponse(request, drawn, {"kind": _Late()})

    answer, _ = _ask(person_page(view), make_person())
    assert answer.content == b"person"


class _Late:
    def __str__(self) -> str:
        return scope.current().kind


def test_a_link_that_is_its_own_secret_tells_nobody_where_it_was():
    answer, _ = _ask(bearer_page(_says_scope))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_refusal_the_view_leaves_alone_becomes_a_page_with_its_status():
    class CardIsOdd(Refused):
        code = "card_is_odd"
        detail = "This card is odd."

    def view(request):
        raise CardIsOdd

    answer, _ = _ask(public_page(view))
    assert answer.status_code == 409
    assert b"This card is odd." in answer.content


def test_the_scope_ends_with_a_view_that_breaks():
    def view(request):
        raise Http404

    with pytest.raises(Http404):
        _ask(public_page(view))
    assert scope.current().kind == ""
