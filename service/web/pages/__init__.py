"""The HTML pages. Each page is a document, cached and announced like a feed; see docs/pages.md.

`page` has the source of every page. `home`, `feed`, `article` and `demo` have one page each, `boxes` the parts that
pages share, `templates` the templates and their folder, `policy` the headers. `handlers` binds the URLs.
"""
