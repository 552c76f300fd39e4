/** A JSON value; `bigint` stands for an integer beyond 2^53, which a JS number cannot hold exactly. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };

export type JsonPath = readonly (string | number)[];
