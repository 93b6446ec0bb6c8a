"""What belongs to somebody who is signed in: the cards they keep, and the orders they placed."""
