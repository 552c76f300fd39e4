"""mem0 with its local Qdrant and without an LLM."""

from given_vectors import GivenVectors
from mem0 import Memory
from mem0.embeddings.base import EmbeddingBase

USER = "bench"


class GivenEmbedder(EmbeddingBase):
    def __init__(self, vectors: GivenVectors):
        super().__init__()
        self._vectors = vectors

    def embed(self, text, memory_action=None):
        return self._vectors.embed(text)


async def open_memory(directory: str, dimension: str) -> "Mem0Memory":
    vectors = GivenVectors()
    # The clients of a model and an embedder are made, since it wants them, and never called.
    nobody = {"provider": "openai", "config": {"api_key": "none"}}
    memory = Memory.from_config(
        {
            "vector_store": {
                "provider": "qdrant",
                "config": {
                    "path": f"{directory}/qdrant",
                    "on_disk": True,
                    "embedding_model_dims": int(dimension),
                },
            },
            "history_db_path": f"{directory}/history.db",
            "llm": nobody,
            "embedder": nobody,
        }
    )
    memory.embedding_model = GivenEmbedder(vectors)
    return Mem0Memory(memory, vectors)


class Mem0Memory:
    def __init__(self, memory: Memory, vectors: GivenVectors):
        self._memory = memory
        self._vectors = vectors

    async def store(self, item: dict) -> None:
        text = item["value"]["text"]
        self._vectors.learn(text, item["vector"])
        self._memory.add(
            [{"role": "user", "content": text}],
            user_id=USER,
            metadata={**item["metadata"], "key": item["key"]},
            infer=False,
        )

    async def fill(self, items: list[dict]) -> None:
        for item in items:
            await self.store(item)

    async def has(self, key: str) -> bool:
        """It makes ids of its own, so this is a list by a filter."""
        found = self._memory.get_all(filters={"user_id": USER, "key": key}, top_k=1)
        return len(found["results"]) > 0

    async def recall(self, query: str, limit: int, vector: str) -> list[str]:
        self._vectors.learn(query, vector)
        found = self._memory.search(query, top_k=limit, filters={"user_id": USER})
        return [memory["metadata"]["key"] for memory in found["results"]]
