// Plans a pull request without a registry: its base is published into the embedded cloud, in a separate folder, and
// the pull request is planned against that. It needs no key and no network.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runNofx } from './nofx.mjs'
import { notice } from './workflow.mjs'

/**
 * @param event the payload of the pull request's event
 * @param words arguments added to `registry publish --dry-run`
 * @param prefix the project's folder relative to the repository, ending in `/` unless it is empty
 */
export function planOnBase({ event, words, prefix }) {
  const tree = join(mkdtempSync(join(process.env.RUNNER_TEMP, 'nofx-plan-')), 'tree')
  const { SUPABASE_URL: _url, SUPABASE_SECRET_KEY: _key, NOFX_DATABASE_URL: _database, ...env } = process.env
  const cwd = join(tree, prefix)
  const head = git('rev-parse', 'HEAD')
  const base = baseOf(event)
  git('worktree', 'add', '--quiet', '--detach', tree, base ?? head)
  try {
    if (base) publishBase(base, { cwd, env })
    git('-C', tree, 'checkout', '--quiet', '--detach', head)
    // The project's own kinds are among its packages.
    if (existsSync('node_modules'))
      symlinkSync(join(process.cwd(), 'node_modules'), join(cwd, 'node_modules'))
    return runNofx(['registry', 'publish', '--dry-run', ...words], { cwd, env })
  } finally {
    git('worktree', 'remove', '--force', tree)
    rmSync(join(tree, '..'), { recursive: true, force: true })
  }
}

/** Publishes the base as a commit without parents: its height is 1, so that the pull request is never older. */
function publishBase(base, options) {
  if (!existsSync(options.cwd)) return
  const identity = ['-c', 'user.name=nofx', '-c', 'user.email=nofx@localhost']
  const alone = git(...identity, 'commit-tree', `${base}^{tree}`, '-m', base)
  const { document } = runNofx(['registry', 'publish', '--commit', alone, '--rank', '1'], options)
  const { code, message } = document.error ?? {}
  if (!document.ok && code !== 'NO_DEFINITIONS')
    notice(
      `The base of this pull request cannot be published by itself, so all counts as added: ${code} ${message}`,
    )
}

/** The commit that the pull request would be merged into; undefined if it is unknown. */
function baseOf({ pull_request: pull }) {
  // GitHub checks out a merge commit whose first parent is the base at that time.
  if (tryGit('rev-parse', '--verify', '--quiet', 'HEAD^2')) return git('rev-parse', 'HEAD^1')
  const base = pull?.base?.sha
  return base ? tryGit('merge-base', base, 'HEAD') : undefined
}

function tryGit(...words) {
  try {
    return git(...words)
  } catch {
    return undefined
  }
}

function git(...words) {
  return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
