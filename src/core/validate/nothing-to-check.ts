import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { noWorkTree } from '../git/git-failure.ts'
import { isInBareRepository, placeOnDisk } from '../git/git-place.ts'
import { mainKind } from '../main-kind.ts'
import type { Difference } from '../tree/differences.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'

/** There is nothing to work on. */
export function noDefinitions(tree: WorkingTree): Failure {
  if (isInBareRepository(tree.root)) return noWorkTree(placeOnDisk(tree.root).cwd)
  const first = mainKind(tree.kinds)?.singular ?? 'agent'
  // The others may well have definitions there.
  const only = tree.kinds.length === 1 ? tree.kinds[0]?.id : undefined
  return new Failure(
    'NO_DEFINITIONS',
    `there are no ${only ?? 'definitions'} in ${tree.shownPath}`,
    `make one: nofx new ${first} <id>, or import those of Claude Code: nofx import claude <folder>`,
  )
}

/**
 * What a run over whole kinds says when they have no definition and others have: nothing is wrong there.
 * @param kinds the selected ones
 * @throws Failure NO_DEFINITIONS for a tree without any definition, and if a sparse checkout leaves out those of `kinds`
 */
export function nothingToCheck(
  tree: WorkingTree,
  kinds: readonly Kind[],
  unseen: readonly Difference[],
): string {
  const absent = unseen.filter(({ reason }) => reason === 'absent')
  const leavesOut = (some: readonly Kind[]) =>
    absent.some(({ path }) => some.some(({ id }) => path.startsWith(`${id}/`)))
  if (leavesOut(kinds)) throw notInCheckout(tree)
  if (!leavesOut(tree.kinds) && findFolders(tree).length === 0)
    throw noDefinitions({ ...tree, kinds: [...kinds] })
  return `there are no ${kinds.map(({ id }) => id).join(' or ')} in ${tree.shownPath}`
}

function notInCheckout({ shownPath }: WorkingTree): Failure {
  return new Failure(
    'NO_DEFINITIONS',
    `the definitions of the commit are not in this checkout of ${shownPath}`,
    `git sparse-checkout add ${quoteWord(shownPath)}`,
  )
}
