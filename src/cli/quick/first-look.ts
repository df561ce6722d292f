import type { TreeAnswer } from '../../core/validate/tree-answer-cache.ts'

let first: TreeAnswer | undefined

/** Leaves what a check of the whole tree saw to the command, which has more to say about it. */
export function leaveLook(look: TreeAnswer): void {
  first = look
}

/** The look that this process has already taken at the whole tree. */
export function takeLook(): TreeAnswer | undefined {
  const look = first
  first = undefined
  return look
}
