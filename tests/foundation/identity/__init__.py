"""Tests of people, memberships and keys."""
