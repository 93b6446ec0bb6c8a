"""Roles of the shop's own: a name, and what of the table of permissions it holds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from giftwell.foundation.identity.define_role import change_role, define_role, drop_role
from giftwell.foundation.identity.models import Role
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.positions import roles_of
from giftwell.interfaces.console.errors import id_or_404, tell, there
from giftwell.interfaces.console.shown import show
from giftwell.interfaces.console.team_forms import RoleForm, permission_words
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.TEAM_EDIT)
def roles(request: PageRequest, slug: str) -> HttpResponse:
    """The roles of this shop's own, and a further one."""
    form = RoleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = define_role(merchant=request.merchant, **form.cleaned_data, actor=request.actor, now=now())
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("You can give people the role “%(name)s” now.") % {"name": made.name})
            return redirect("console:roles", slug)
    words = permission_words()
    rows = [
        (one, [words[name] for name in one.permissions if name in words])
        for one in roles_of(request.merchant)
    ]
    return show(request, "console/team/roles.html", "team", rows=rows, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.TEAM_EDIT)
def role(request: PageRequest, slug: str, role_id: str) -> HttpResponse:
    """One role: another name, other things it may do."""
    identity = id_or_404(Role.PREFIX, role_id)
    with reading():
        found = there(Role.objects.filter(merchant=request.merchant, id=identity).first())
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        initial={"name": found.name, "permissions": found.permissions},
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_role(
                merchant=request.merchant,
                role_id=identity,
                **form.cleaned_data,
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved. It holds for everybody in this role at once."))
            return redirect("console:roles", slug)
    return show(request, "console/team/role.html", "team", found=found, form=form)


@merchant_page(Permission.TEAM_EDIT)
@require_POST
def drop(request: PageRequest, slug: str, role_id: str) -> HttpResponse:
    """Delete a role that nobody has."""
    Strict(request.POST).is_valid()
    try:
        drop_role(
            merchant=request.merchant,
            role_id=id_or_404(Role.PREFIX, role_id),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The role is gone."))
    return redirect("console:roles", slug)
