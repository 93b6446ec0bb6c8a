"""People, what they may do where, and the keys of machines.

Nouns: `User` (a person, known by e-mail address), `Membership` (a person's role at one merchant),
`PlatformRole` (a person's role on the platform itself), `ApiKey` (a machine's credential of one merchant,
stored as a keyed hash). Verbs: create_person, create_admin, create_merchant, suspend_merchant,
reinstate_merchant, add_member, create_api_key, revoke_api_key, find_api_key. Role and scope names are opaque
strings here; what they allow is decided once, in `interfaces/common/access.py`.
"""
