"""The tables of redemption."""
