"""The arguments of a deciding command, as a frame or a form brings them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(max_length=255)]


class Reply(BaseModel):
    """`response` of a command: the text that goes out instead of the draft."""

    text: Annotated[str, Field(max_length=50_000)]


class Arguments(BaseModel):
    """Those of the decision schema, without `call`, which the server fills in."""

    model_config = ConfigDict(extra="ignore", strict=True)

    actions: Annotated[list[dict[str, Any]], Field(max_length=100)] | None = None
    response: Reply | None = None
    option_id: Code | None = None
    reason_code: Annotated[str, Field(max_length=64)] | None = None
    instructions: Annotated[str, Field(max_length=20_000)] | None = None
