"""Mutation testing: the code is changed a little, again and again, and the tests have to notice each time."""
