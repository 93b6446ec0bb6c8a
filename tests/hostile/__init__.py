"""An attacker's tests: one or more for each line of what must not be possible, or a skip that says what will
bring it.
"""
