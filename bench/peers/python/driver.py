"""Holds one memory and speaks JSON-RPC 2.0 over stdin and stdout, one message a line; see driven-peer.ts.

usage: driver.py MODULE DIRECTORY [OPTION]
"""

import asyncio
import importlib
import json
import os
import sys

# A line with some hundred memories and their vectors.
LINE_LIMIT = 64 * 2**20


async def serve(module: str, options: list[str]) -> None:
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between the answers
    memory = await importlib.import_module(module).open_memory(*options)
    requests = asyncio.StreamReader(limit=LINE_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(requests), sys.stdin
    )
    running = set()
    async for line in requests:
        task = asyncio.create_task(answer(memory, json.loads(line), answers))
        running.add(task)
        task.add_done_callback(running.discard)


async def answer(memory, request: dict, answers) -> None:
    reply = {"id": request["id"]}
    try:
        reply["result"] = await getattr(memory, request["method"])(**request["params"])
    except Exception as error:
        reply["error"] = f"{type(error).__name__}: {error}"
    answers.write(json.dumps(reply).encode() + b"\n")


asyncio.run(serve(sys.argv[1], sys.argv[2:]))
