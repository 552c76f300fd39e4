import type { MemoryOperations } from '../../src/engine/index.ts';

/** The same operations, with every call noted by name before it happens; `intercept` may throw in its place. */
export function spyOperations(
  memories: MemoryOperations,
  calls: string[],
  intercept: (name: string) => void = () => {},
): MemoryOperations {
  return new Proxy(memories, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function' || typeof property !== 'string') return member;
      return (...args: unknown[]): unknown => {
        calls.push(property);
        intercept(property);
        return Reflect.apply(member, target, args);
      };
    },
  });
}
