"""The schemas of the document as Pydantic models."""

from typing import Annotated

from pydantic import ConfigDict, Field

from .base import Absent, Model, UTCDateTime


class CostCreateReq(Model):
    model_config = ConfigDict(extra="forbid")

    costs: dict[str, "CostCreateInput"]
    project_id: Annotated[str, Field(examples=["entity/project"])]
    wb_user_id: str | None = None
    """직접 설정하지 마세요. 서버가 이 필드를 자동으로 채웁니다."""


class CostCreateRes(Model):
    ids: list[tuple[str, str]]


class HTTPValidationError(Model):
    detail: Absent[list["ValidationError"]] = None


class CostCreateInput(Model):
    model_config = ConfigDict(extra="forbid")

    cache_creation_input_token_cost: float = 0
    cache_read_input_token_cost: float = 0
    completion_token_cost: float
    completion_token_cost_unit: str | None = "USD"
    """완료 토큰 비용의 단위"""

    effective_date: UTCDateTime | None = None
    """비용이 적용되기 시작하는 날짜입니다. 지정하지 않으면 현재 날짜가 기본값으로 사용됩니다."""

    prompt_token_cost: float
    prompt_token_cost_unit: str | None = "USD"
    """프롬프트 토큰 비용의 단위"""

    provider_id: str | None = None
    """LLM 제공자입니다(예: 'openai' 또는 'mistral'). 지정하지 않으면 provider_id가 'default'로 설정됩니다."""


class ValidationError(Model):
    loc: Annotated[list[str | int], Field(title="Location")]
    msg: Annotated[str, Field(title="Message")]
    type: Annotated[str, Field(title="Error Type")]
