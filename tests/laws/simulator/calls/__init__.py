"""How each verb of the model is asked for in truth, one file a theme; `CALLS` in `table.py` names them."""
