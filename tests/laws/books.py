"""What the laws say of a test's database."""

from giftwell.domain.ledger.verify import Breach, verify


def breaches() -> list[Breach]:
    """The broken laws of the ledger and of redemption.

    Cards in these tests are rows without a life of their own, so the laws of cards are not asked.
    """
    return verify(of={"ledger", "redemption"})
