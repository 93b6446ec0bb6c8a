"""What money should do, in plain Python: dictionaries and integers, without a line of the code under test."""
