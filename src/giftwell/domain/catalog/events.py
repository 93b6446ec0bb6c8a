"""What can happen in the catalogue. Ids and amounts only: an event is a public contract."""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ProgramCreated(DomainEvent):
    """A family of cards has rules. Subject: the program."""

    TYPE: ClassVar[str] = "program.created"

    currency: str
    funding: str


@dataclass(frozen=True, kw_only=True)
class ProgramEdited(DomainEvent):
    """A program's name, validity, bounds or caps changed; cards that exist did not. Subject: the program."""

    TYPE: ClassVar[str] = "program.edited"

    version: int


@dataclass(frozen=True, kw_only=True)
class DesignCreated(DomainEvent):
    """Cards can wear a further face. Subject: the design."""

    TYPE: ClassVar[str] = "design.created"

    pattern: str


@dataclass(frozen=True, kw_only=True)
class BrandChanged(DomainEvent):
    """A merchant's colours, tagline or logo changed. Subject: the merchant."""

    TYPE: ClassVar[str] = "brand.changed"


@dataclass(frozen=True, kw_only=True)
class ProductCreated(DomainEvent):
    """A product exists, as a draft. Subject: the product."""

    TYPE: ClassVar[str] = "product.created"

    program: str


@dataclass(frozen=True, kw_only=True)
class ProductEdited(DomainEvent):
    """A product's name, text, values or prices changed; cards sold before did not. Subject: the product."""

    TYPE: ClassVar[str] = "product.edited"

    version: int


@dataclass(frozen=True, kw_only=True)
class ProductPublished(DomainEvent):
    """A product can be bought. Subject: the product."""

    TYPE: ClassVar[str] = "product.published"


@dataclass(frozen=True, kw_only=True)
class ProductUnpublished(DomainEvent):
    """A product can no longer be bought. Subject: the product."""

    TYPE: ClassVar[str] = "product.unpublished"
