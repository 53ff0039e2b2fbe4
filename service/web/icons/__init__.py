"""The icons of the site and its picture for shared pages: made of the newsroom's picture, or drawn by Warta."""
