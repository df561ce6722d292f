import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
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
  const git = (...words: string[]) => execFileSync('git', words, { cwd: place.workspace, stdio: 'pipe' })
  const history = depth === '0' ? ['+refs/heads/*:refs/remotes/origin/*'] : []
  git('init', '--quiet')
  git('remote', 'add', 'origin', `file://${place.remote}`)
  // The commit that the event is about, whatever its ref is by now.
  const fetched = ref || place.sha
  const shallow = depth === '0' ? [] : [`--depth=${depth}`]
  git('fetch', '--quiet', '--no-tags', ...shallow, 'origin', ...history, fetched)
  git('checkout', '--quiet', '--detach', ref && !/^[0-9a-f]{40}$/.test(ref) ? 'FETCH_HEAD' : fetched)
  mkdirSync(join(place.workspace, 'bin'), { recursive: true })
}
