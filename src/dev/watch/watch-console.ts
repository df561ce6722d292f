import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { watchTree } from './watch-tree.ts'

const BUILD = 'scripts/bundle/console.mjs'
/** What the built console is made of. */
const SOURCES = ['console', BUILD]

/**
 * Builds the console again when its sources change, in a checkout of nofx. The server reads the built files for each
 * request, so nothing restarts and everybody stays signed in.
 * @param home the checkout
 * @returns the function that stops watching
 */
export function watchConsole(home: string, log: (line: string) => void): () => void {
  if (!SOURCES.every((path) => existsSync(join(home, path)))) return () => {}
  let building = false
  let again = false
  const build = async (): Promise<void> => {
    again = building
    if (building) return
    building = true
    const trouble = await runBuild(home)
    building = false
    log(
      trouble === ''
        ? 'the console was built again: reload its page'
        : `the console was not built: ${trouble}`,
    )
    if (again) await build()
  }
  return watchTree(home, SOURCES, () => void build())
}

/** Resolves with what is wrong; empty after a build. */
async function runBuild(home: string): Promise<string> {
  const child = spawn(process.execPath, [BUILD], { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] })
  const status = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(null))
  })
  const trouble = await text(child.stderr)
  return (await status) === 0 ? '' : trouble.trim() || 'its build ended early'
}
