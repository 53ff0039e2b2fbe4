"""The usual implementations with which Warta is compared. They serve the same 50 articles.

They run as real processes in an environment of their own (requirements/bench.txt).
"""
