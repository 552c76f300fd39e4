/** The body as UTF-8 text, or null when it is longer than so many bytes; the rest is then not read. */
export async function readBoundedBody(
  response: Response,
  maxBytes: number,
): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body !== null) {
    // Leaving the loop early cancels the stream, which closes the connection.
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return null;
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}
