"""The values of an item, or of an element above the items."""

from typing import Any

_VALUES = frozenset(
    [
        "title",
        "link",
        "guid",
        "creator",
        "pubDate",
        "description",
        "post_id",
        "post_name",
        "post_date",
        "post_date_gmt",
        "post_modified",
        "post_modified_gmt",
        "status",
        "post_type",
        "post_parent",
        "post_password",
        "attachment_url",
    ]
)
_META = frozenset(
    [
        "_thumbnail_id",
        "_wp_attachment_image_alt",
        "_yoast_wpseo_primary_category",
        "rank_math_primary_category",
        "_wp_old_slug",
        "enclosure",
        "cap-display_name",
        "cap-user_login",
    ]
)

Raw = dict[str, Any]


def fields_of(item: Any) -> Raw:
    """The values of an item, by the names of its elements. The `encoded` elements become `excerpt` and `content`."""
    fields: Raw = {"categories": [], "tags": [], "coauthors": [], "meta": {}}
    for element in item.iterchildren("*"):
        name = local_name(element)
        text = (element.text or "").strip()
        if name == "category" and not _is_wp(element):
            _add_label(fields, element.get("domain") or "category", element.get("nicename") or "", text)
        elif name == "encoded":
            fields["excerpt" if "excerpt" in element.tag else "content"] = text
        elif name == "postmeta":
            key = text_of(element, "meta_key")
            if key in _META and (value := text_of(element, "meta_value")):
                fields["meta"].setdefault(key, []).append(value)
        elif name in _VALUES:
            fields.setdefault(name, text)
    return fields


def _add_label(fields: Raw, domain: str, slug: str, text: str) -> None:
    if domain == "category":
        fields["categories"].append((slug, text))
    elif domain in ("post_tag", "tag"):
        fields["tags"].append(text or slug)
    elif domain == "author":  # of the plugin Co-Authors Plus; `cap-` begins its slugs
        fields["coauthors"].append((slug.removeprefix("cap-"), text))


def local_name(element: Any) -> str:
    """The name of an element without its namespace, and without a prefix that is not declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _is_wp(element: Any) -> bool:
    return "wordpress.org/export/" in element.tag


def text_of(element: Any, name: str) -> str:
    """The text of the child with this name, otherwise of the first descendant with it; "" if there is none."""
    return (element.findtext(f"{{*}}{name}") or element.findtext(f".//{{*}}{name}") or "").strip()
