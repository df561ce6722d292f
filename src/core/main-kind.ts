import type { Kind } from '../contract/kind.ts'

/**
 * The kind whose function takes what is not about one kind, and that hints take as their example: agents, in a project
 * that has them, otherwise the first of its kinds.
 */
export function mainKind(kinds: readonly Kind[]): Kind | undefined {
  return kinds.find(({ id }) => id === 'agents') ?? kinds[0]
}
