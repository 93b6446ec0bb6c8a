"""How a person gets in: sign-up, a verified address, sign-in and out, the password, and how a merchant
begins.

The flows are allauth's (its `account` app only); the pages, the forms and the mails are ours. Addresses that
are not listed in `urls.py` do not exist, whatever allauth could do.
"""
