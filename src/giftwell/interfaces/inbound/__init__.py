"""What payment processors send us: the entrance for their webhooks, and the sandbox processor's own pages.

The pages stand for another company's site. They never touch a session, a user or a cookie of ours.
"""
