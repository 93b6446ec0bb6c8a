"""Template tags of the look; `{% load look %}` brings all of them."""
