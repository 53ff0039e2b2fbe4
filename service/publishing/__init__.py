"""Publishing: selects the articles of each feed, announces changes, and stores the decisions of editors."""
