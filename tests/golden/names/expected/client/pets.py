"""The operations tagged `Pets` or `pets`."""

from __future__ import annotations

from .. import contract, models
from ..api import PetsApi, SyncPetsApi
from .core import AsyncBaseClient, BaseClient


class Pets(SyncPetsApi):
    """See `SyncPetsApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get_pets_by_pet_id(self, *, pet_id: int) -> models.Pet:
        return self._client.invoke(contract.PETS_GET_PETS_BY_PET_ID, None, {"pet_id": pet_id})

    def list_pets(self) -> list[models.pet]:
        return self._client.invoke(contract.PETS_LIST_PETS)


class AsyncPets(PetsApi):
    """See `PetsApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get_pets_by_pet_id(self, *, pet_id: int) -> models.Pet:
        return await self._client.invoke(contract.PETS_GET_PETS_BY_PET_ID, None, {"pet_id": pet_id})

    async def list_pets(self) -> list[models.pet]:
        return await self._client.invoke(contract.PETS_LIST_PETS)
