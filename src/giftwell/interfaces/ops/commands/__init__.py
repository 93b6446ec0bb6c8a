"""The commands of the business: each reads its words, makes one domain call and says what came of it.

An error of the domain passes through: the command line prints it as one line and exits with 1.
"""
