"""Articles become feeds: what is listed, and how a change is announced."""
