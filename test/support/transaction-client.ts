import type { BeginTransactionInput, TypedDocumentString } from '../generated/graphql.ts';
import { type Answer, expectType, post, request, send } from './test-client.ts';
import { BeginTransaction, CommitTransaction } from './transaction-documents.graphql.ts';

/** An interactive transaction of a test: everything it sends carries the id in the header. */
export class TransactionClient {
  readonly id: string;
  readonly name: string;
  readonly #url: string;

  private constructor(url: string, id: string, name: string) {
    this.#url = url;
    this.id = id;
    this.name = name;
  }

  static async begin(url: string, input: BeginTransactionInput = {}): Promise<TransactionClient> {
    const { beginTransaction } = await request(url, BeginTransaction, { input });
    const { id, name } = expectType(beginTransaction, 'BeginTransactionPayload').transaction;
    if (id == null) throw new Error('the begin told no id');
    return new TransactionClient(url, id, name);
  }

  get headers(): Record<string, string> {
    return { 'x-trinitas-transaction': this.id };
  }

  send<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>> {
    return send(this.#url, document, variables, this.headers);
  }

  request<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    return request(this.#url, document, variables, this.headers);
  }

  post<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> {
    return post<Data>(this.#url, { query, variables }, this.headers);
  }

  async commit() {
    const { commitTransaction } = await this.request(CommitTransaction, {});
    return commitTransaction;
  }
}
