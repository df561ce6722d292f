import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Place } from '../../core/init/place.ts'

/** Whether a project has definitions. */
export function hasDefinitions({ root, definitions, kinds }: Place): boolean {
  return kinds.some(({ id }) => namesIn(resolve(root, definitions, id)).length > 0)
}

/** Whether a folder has what Claude Code reads: agents or commands. */
export function hasClaudeFiles(folder: string): boolean {
  return ['agents', 'commands'].some((name) => namesIn(join(folder, name)).length > 0)
}

/** The kind of a first agent. @throws Failure USAGE if no kind is `agents` */
export function agentKind(kinds: readonly Kind[]): Kind {
  const kind = kinds.find(({ id }) => id === 'agents')
  if (kind) return kind
  throw new Failure('USAGE', 'the kind "agents" does not exist', 'add --first none')
}

/** Names in a folder that do not start with a dot; none for a folder that does not exist. */
function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []
}
