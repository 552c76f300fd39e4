"""LangGraph's store on SQLite with vectors."""

from given_vectors import GivenVectors
from langgraph.store.base import PutOp
from langgraph.store.sqlite import AsyncSqliteStore

NAMESPACE = ("bench",)
# Said with each put: this version does not heed "fields" of the index.
EMBEDDED = ["text"]


async def open_memory(directory: str, dimension: str) -> "LangGraphMemory":
    vectors = GivenVectors()

    async def embed(texts: list[str]) -> list[list[float]]:
        return [vectors.embed(text) for text in texts]

    index = {"dims": int(dimension), "embed": embed}
    # Never left: everything acknowledged is committed, and the process ends by a signal.
    context = AsyncSqliteStore.from_conn_string(f"{directory}/langgraph.db", index=index)
    store = await context.__aenter__()
    await store.setup()
    return LangGraphMemory(context, store, vectors)


class LangGraphMemory:
    def __init__(self, context, store: AsyncSqliteStore, vectors: GivenVectors):
        self._context = context  # the store is closed when nobody holds it
        self._store = store
        self._vectors = vectors

    async def store(self, item: dict) -> None:
        await self._store.aput(NAMESPACE, item["key"], self._value(item), index=EMBEDDED)

    async def fill(self, items: list[dict]) -> None:
        await self._store.abatch(
            [PutOp(NAMESPACE, item["key"], self._value(item), EMBEDDED) for item in items]
        )

    async def has(self, key: str) -> bool:
        return await self._store.aget(NAMESPACE, key) is not None

    async def recall(self, query: str, limit: int, vector: str) -> list[str]:
        self._vectors.learn(query, vector)
        found = await self._store.asearch(NAMESPACE, query=query, limit=limit)
        return [item.key for item in found]

    def _value(self, item: dict) -> dict:
        self._vectors.learn(item["value"]["text"], item["vector"])
        return {**item["value"], "metadata": item["metadata"]}
