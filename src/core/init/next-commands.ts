import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { git } from '../git/git-command.ts'
import type { Place } from './place.ts'

/** The command that installs the packages, by the file that a package manager writes. */
const INSTALLERS: readonly (readonly [string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm install'],
  ['yarn.lock', 'yarn install'],
  ['bun.lock', 'bun install'],
]

/**
 * The next two commands on the way to a publish; without any definition it would be refused.
 * @param place the project
 * @param leavesChanges whether the preparation leaves, or would leave, files that are not committed
 */
export async function nextCommands(
  place: Place,
  { leavesChanges, hasDefinitions }: { leavesChanges: boolean; hasDefinitions: boolean },
): Promise<string[]> {
  const { root, repository } = place
  const installer = INSTALLERS.find(([file]) => existsSync(join(root, file)))?.[1] ?? 'npm install'
  const dirty = leavesChanges || !repository || (await git(root, ['status', '--porcelain'])) !== ''
  const commands = [
    ...(repository ? [] : ['git init']),
    ...(existsSync(join(root, 'node_modules/.bin/nofx')) ? [] : [installer]),
    ...(hasDefinitions ? [] : ['npx nofx new agent <id>']),
    ...(dirty ? ['git add -A && git commit -m "Set up NOFX"'] : []),
    'npx nofx registry publish',
    'npx nofx registry list',
  ]
  return commands.slice(0, 2)
}
