"""The tables of the catalogue, one file a noun."""

from giftwell.domain.catalog.models.brand import PATTERNS, Brand, Design
from giftwell.domain.catalog.models.product import Product, ProductValue
from giftwell.domain.catalog.models.program import Funding, Program

__all__ = ["PATTERNS", "Brand", "Design", "Funding", "Product", "ProductValue", "Program"]
