"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, PetsApi, SyncDefaultApi, SyncPetsApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

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
        raise exceptions.Unimplemented

    async def get_thing(self) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

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
        raise exceptions.Unimplemented

    def get_thing(self) -> None:
        raise exceptions.Unimplemented


class Pets(PetsApi):
    """A service of `PetsApi`."""

    async def get_pets_by_pet_id(self, *, pet_id: int) -> models.Pet:
        raise exceptions.Unimplemented

    async def list_pets(self) -> list[models.pet]:
        raise exceptions.Unimplemented


class SyncPets(SyncPetsApi):
    """A service of `SyncPetsApi`, run in threads."""

    def get_pets_by_pet_id(self, *, pet_id: int) -> models.Pet:
        raise exceptions.Unimplemented

    def list_pets(self) -> list[models.pet]:
        raise exceptions.Unimplemented
