import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { quoteWord } from '../../../src/contract/text/quote-word.ts'
import { runInSmallShell } from '../../harness/small-shell.ts'
import type { Place } from './runner.ts'

/** What the actions of others leave behind: a checkout, an artifact. False when they fail. */
export function standIn(uses: string, given: Record<string, string>, place: Place): boolean {
  const [name] = uses.split('@')
  if (name === 'actions/checkout') checkOut(given, place)
  const store = join(place.temp, 'artifacts', given.name ?? '')
  if (name === 'actions/upload-artifact') upload(given.path ?? '', store, place)
  if (name !== 'actions/download-artifact') return true
  if (existsSync(store)) cpSync(store, resolve(place.workspace, given.path ?? ''), { recursive: true })
  return existsSync(store)
}

/** A file alone keeps its name; several paths keep their place in the workspace, which they have in common. */
function upload(paths: string, store: string, { workspace }: Place): void {
  const lines = paths.trim().split('\n')
  for (const line of lines)
    cpSync(resolve(workspace, line), join(store, lines.length > 1 ? line : basename(line)), {
      recursive: true,
    })
}

function checkOut({ ref, 'fetch-depth': depth = '1' }: Record<string, string>, place: Place): void {
  const history = depth === '0' ? ['+refs/heads/*:refs/remotes/origin/*'] : []
  // The commit that the event is about, whatever its ref is by now.
  const fetched = ref || place.sha
  const shallow = depth === '0' ? [] : [`--depth=${depth}`]
  const commands = [
    ['init', '--quiet'],
    ['remote', 'add', 'origin', `file://${place.remote}`],
    ['fetch', '--quiet', '--no-tags', ...shallow, 'origin', ...history, fetched],
    ['checkout', '--quiet', '--detach', ref && !/^[0-9a-f]{40}$/.test(ref) ? 'FETCH_HEAD' : fetched],
  ]
  const script = commands.map((words) => ['git', ...words.map(quoteWord)].join(' ')).join(' && ')
  const { exit, stderr } = runInSmallShell(script, place.workspace)
  if (exit !== 0) throw new Error(`the checkout failed: ${stderr}`)
  mkdirSync(join(place.workspace, 'bin'), { recursive: true })
}
