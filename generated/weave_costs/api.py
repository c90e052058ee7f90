"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class CostsApi(Protocol):
    """The operations tagged `Costs`."""

    async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        """비용 생성

        `POST /cost/create`, `#/paths/~1cost~1create/post`

        Returns:
            성공 응답

        Raises:
            errors.UnprocessableEntity: 검증 오류
        """
        ...


class SyncCostsApi(Protocol):
    """The operations tagged `Costs`."""

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        """비용 생성

        `POST /cost/create`, `#/paths/~1cost~1create/post`

        Returns:
            성공 응답

        Raises:
            errors.UnprocessableEntity: 검증 오류
        """
        ...
