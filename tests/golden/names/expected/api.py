"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def getThing(
        self,
        *,
        self_: str | None = None,
        body_: str | None = None,
        class_: str | None = None,
        url: str | None = None,
        request: str | None = None,
        response: str | None = None,
        client: str | None = None,
        timeout: str | None = None,
        id_query: str | None = None,
        id_header: str | None = None,
        filter_open_name_close: str | None = None,
        filterName: str | None = None,
    ) -> None:
        """`GET /thing`, `#/paths/~1thing/get`

        Returns:
            Done
        """
        ...

    async def get_thing(self) -> None:
        """`POST /thing`, `#/paths/~1thing/post`

        Returns:
            Done
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def getThing(
        self,
        *,
        self_: str | None = None,
        body_: str | None = None,
        class_: str | None = None,
        url: str | None = None,
        request: str | None = None,
        response: str | None = None,
        client: str | None = None,
        timeout: str | None = None,
        id_query: str | None = None,
        id_header: str | None = None,
        filter_open_name_close: str | None = None,
        filterName: str | None = None,
    ) -> None:
        """`GET /thing`, `#/paths/~1thing/get`

        Returns:
            Done
        """
        ...

    def get_thing(self) -> None:
        """`POST /thing`, `#/paths/~1thing/post`

        Returns:
            Done
        """
        ...


class PetsApi(Protocol):
    """The operations tagged `Pets` or `pets`."""

    async def get_pets_by_pet_id(self, *, pet_id: int) -> models.Pet:
        """`GET /pets/{pet-id}`, `#/paths/~1pets~1{pet-id}/get`

        Returns:
            A pet
        """
        ...

    async def list_pets(self) -> list[models.pet]:
        """`GET /pets`, `#/paths/~1pets/get`

        Returns:
            Pets
        """
        ...


class SyncPetsApi(Protocol):
    """The operations tagged `Pets` or `pets`."""

    def get_pets_by_pet_id(self, *, pet_id: int) -> models.Pet:
        """`GET /pets/{pet-id}`, `#/paths/~1pets~1{pet-id}/get`

        Returns:
            A pet
        """
        ...

    def list_pets(self) -> list[models.pet]:
        """`GET /pets`, `#/paths/~1pets/get`

        Returns:
            Pets
        """
        ...
