"""The console: a merchant's desk.

Each noun has a file here and a folder of templates: home, cards, orders, redemptions, products, brand,
designs, locations, team, keys. A view translates in, makes one call of the domain, and translates out;
`shown` draws the frame around it. What destroys or costs money has an address of its own that asks first.
"""
