"""The types of values in the data of the statistics."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, PlainSerializer

Count = Annotated[int, Field(ge=0)]
Time = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]
