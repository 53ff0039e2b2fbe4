# mypy: disable-error-code="import-not-found", allow-subclassing-any
"""An article, in the table that peers/articles.py writes."""

from django.db import models


class Article(models.Model):
    id = models.TextField(primary_key=True)
    url = models.TextField()
    title = models.TextField()
    summary = models.TextField()
    content_html = models.TextField()
    author = models.TextField()
    categories = models.JSONField()
    image_url = models.TextField()
    image_length = models.IntegerField()
    published_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "article"
        managed = False

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return str(self.url)
