import { join } from 'node:path'
import type { WorkingTree } from '../../../src/core/tree/tree.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { agentFiles } from '../../harness/project.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

/** Definitions on disk, in a folder of the running test's own. Objects become JSON; paths start at the project. */
export function treeOn(...definitions: Record<string, string | object>[]): WorkingTree {
  const files = Object.entries(Object.assign({}, ...definitions) as Record<string, string | object>)
  const written = files.map(([path, content]) => [
    path,
    typeof content === 'string' ? content : jsonOf(content),
  ])
  const root = join(tempFolder(Object.fromEntries(written)), 'packages/shared')
  return { root, shownPath: 'packages/shared', kinds: [agents] }
}

const jsonOf = (content: object) => `${JSON.stringify(content, null, 2)}\n`

/** A file of an agent that has more than a manifest and a prompt. */
export const fileOf = (id: string, path: string, content: string) => ({
  [`packages/shared/agents/${id}/${path}`]: content,
})

export { agentFiles }
