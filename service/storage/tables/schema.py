"""The collection of all tables, and the columns and types that several tables have."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

from service.articles.validation import MAX_ID_CHARACTERS

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite generates keys only in an INTEGER column.
KeyType = BigInteger().with_variant(Integer, "sqlite")
ArticleId = String(MAX_ID_CHARACTERS)
ListName = String(250)


def key_column() -> Column[int]:
    """The column `key`: numbers that the database generates."""
    return Column("key", KeyType, primary_key=True, autoincrement=True)


def list_key() -> Column[int]:
    """The column for the key of a list. In the database it has the name of the first release."""
    return Column("shelf_key", KeyType, ForeignKey("shelves.key"), key="list_key", nullable=False)
