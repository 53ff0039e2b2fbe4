"""What Warta is compared with: the same 50 articles, served as one would usually write it. They run in an environment
of their own (requirements/bench.txt), as real processes."""
