import type { TypedDocumentString } from '../generated/graphql.ts';

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data | null | undefined;
  readonly errors: readonly GraphqlError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Sends a typed operation and returns everything about the answer. */
export async function send<Data, Variables>(
  url: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  headers?: Readonly<Record<string, string>>,
): Promise<Answer<Data>> {
  return await post<Data>(url, { query: document.toString(), variables }, headers);
}

/** Sends a typed operation that must not fail and returns its data. */
export async function request<Data, Variables>(
  url: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  headers?: Readonly<Record<string, string>>,
): Promise<Data> {
  const { data, errors } = await send(url, document, variables, headers);
  if (errors.length > 0 || data === null || data === undefined)
    throw new Error(JSON.stringify(errors));
  return data;
}

/** Sends any body. */
export async function post<Data = Record<string, unknown>>(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return await read<Data>(response);
}

export async function read<Data = Record<string, unknown>>(
  response: Response,
): Promise<Answer<Data>> {
  const text = await response.text();
  const json = text.startsWith('{')
    ? (JSON.parse(text) as {
        data?: Data | null;
        errors?: GraphqlError[];
        extensions?: Record<string, unknown>;
      })
    : {};
  return {
    status: response.status,
    headers: response.headers,
    data: json.data,
    errors: json.errors ?? [],
    extensions: json.extensions ?? {},
  };
}

/** Codes of the errors of an answer. */
export function codesOf(answer: Answer<unknown>): unknown[] {
  return answer.errors.map((error) => error.extensions?.['code']);
}

/** Narrows a member of a result union, or fails with what came instead. */
export function expectType<T extends { readonly __typename: string }, Name extends T['__typename']>(
  value: T | null | undefined,
  name: Name,
): Extract<T, { readonly __typename: Name }> {
  if (value?.__typename !== name) throw new Error(`expected ${name}, got ${JSON.stringify(value)}`);
  return value as Extract<T, { readonly __typename: Name }>;
}
