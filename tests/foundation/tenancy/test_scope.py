"""A query sees what its scope allows, and a query that forgot its scope sees nothing."""

from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.ids import new_id


def _merchant(name: str) -> Merchant:
    merchant = Merchant(
        id=new_id(), name=name, slug=name.lower(), country="IE", currency="EUR", time_zone="Europe/Dublin"
    )
    with scope.merchant(merchant.id), transaction():
        merchant.save(force_insert=True)
        Location.objects.create(merchant=merchant, name="Market Street")
    return merchant


def _names() -> list[str]:
    with reading():
        return sorted(Merchant.objects.values_list("name", flat=True))


@pytest.mark.django_db
def test_a_merchant_sees_itself_and_no_other() -> None:
    fern, lido = _merchant("Fern"), _merchant("Lido")
    with scope.merchant(fern.id):
        assert _names() == ["Fern"]
        with reading():
            assert [place.merchant_id for place in Location.objects.all()] == [fern.id]
    with scope.merchant(lido.id):
        assert _names() == ["Lido"]


@pytest.mark.django_db
def test_a_query_without_a_scope_finds_nothing() -> None:
    _merchant("Fern")
    assert _names() == []


@pytest.mark.django_db
def test_the_platform_sees_all_and_the_public_only_what_is_active() -> None:
    _merchant("Fern")
    lido = _merchant("Lido")
    with scope.platform():
        assert _names() == ["Fern", "Lido"]
        with transaction():
            Merchant.objects.filter(pk=lido.pk).update(status=Merchant.Status.SUSPENDED)
    with scope.public():
        assert _names() == ["Fern"]


@pytest.mark.django_db
def test_leaving_an_inner_scope_restores_the_outer_one() -> None:
    fern, lido = _merchant("Fern"), _merchant("Lido")
    with scope.merchant(fern.id), reading():
        with scope.merchant(lido.id):
            assert _names() == ["Lido"]
        assert _names() == ["Fern"]


@pytest.mark.django_db
def test_a_merchant_cannot_write_into_another() -> None:
    fern, lido = _merchant("Fern"), _merchant("Lido")
    with pytest.raises(ProgrammingError, match="row-level security"), scope.merchant(fern.id), transaction():
        Location.objects.create(merchant=lido, name="Stolen")


@pytest.mark.django_db
def test_the_public_reads_and_never_writes() -> None:
    fern = _merchant("Fern")
    with scope.public(), transaction():
        assert Merchant.objects.filter(pk=fern.pk).update(name="Taken") == 0


def test_the_scope_ends_with_its_transaction(own_database: Any) -> None:
    fern = _merchant("Fern")
    with scope.merchant(fern.id), transaction():
        pass
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from tenancy_merchant")
        assert cursor.fetchone() == (0,)


def test_reading_refuses_to_write(own_database: Any) -> None:
    fern = _merchant("Fern")
    with pytest.raises(Exception, match="read-only"), scope.merchant(fern.id), reading():
        Merchant.objects.filter(pk=fern.pk).update(name="Changed")


def test_the_runtime_role_owns_nothing_and_cannot_bypass(own_database: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("select count(*) from pg_tables where tableowner = current_user")
        assert cursor.fetchone() == (0,)
