"""Giftwell: a gift card platform that businesses can trust with money.

Five storeys: kit, foundation, domain, interfaces, config. A storey knows only those below it (docs/map.md).
"""
