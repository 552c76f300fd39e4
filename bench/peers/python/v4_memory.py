"""Trinitas v4's own manager, from a checkout of its repository."""

import sys


async def open_memory(directory: str, source: str) -> "V4Memory":
    sys.path.insert(0, source)
    from memory_manager_v4 import EnhancedMemoryManager

    manager = EnhancedMemoryManager(
        {"memory": {"backend": "sqlite", "sqlite_path": f"{directory}/v4.db"}}
    )
    if manager.optimizer:
        manager.optimizer.enable_optimization(False)
    return V4Memory(manager)


class V4Memory:
    def __init__(self, manager):
        self._manager = manager

    async def store(self, item: dict) -> None:
        # It logs its errors and answers False.
        if not await self._manager.store(item["key"], item["value"], item["metadata"]):
            raise RuntimeError(f"{item['key']} was not stored")

    async def fill(self, items: list[dict]) -> None:
        for item in items:
            await self.store(item)

    async def has(self, key: str) -> bool:
        """It has no read by key, so this is a recall of the key."""
        found = await self._manager.recall(key) if key else []
        return any(memory["key"] == key for memory in found)

    async def recall(self, query: str, limit: int) -> list[str]:
        return [memory["key"] for memory in await self._manager.recall(query, limit=limit)]
