import { execFile, execFileSync, type SpawnOptions } from 'node:child_process'
import { devNull } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gitFailure } from './git-failure.ts'

/** Maximum output of a command in bytes: enough for the names of a million files. */
const MAX_OUTPUT = 256 * 1024 * 1024

/** Overrides settings of a user that would make git trust more, or less, than the files and the commit themselves. */
const SETTINGS = {
  'core.fsmonitor': 'false',
  'core.trustctime': 'true',
  'core.checkStat': 'default',
  'core.safecrlf': 'false',
  'diff.orderFile': devNull,
} as const
const OVERRIDES = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/**
 * The environment of every git process that NOFX starts: objects are exactly what their hashes name (no replacements,
 * no grafts), paths are literal (no patterns), the command writes nothing but its result, and no process waits
 * for a password.
 */
export function gitEnv(): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(
    ([name]) => !/^GIT_(?:GLOB|NOGLOB|ICASE)_PATHSPECS$/.test(name),
  )
  return {
    ...Object.fromEntries(env),
    ...resolvePlaces(process.env),
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: join(devNull, 'none'),
    GIT_LITERAL_PATHSPECS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }
}

/**
 * The variables of a hook that locate its repository, adapted for a git process that starts in another folder: their
 * paths are relative to this process's folder, and with `GIT_DIR` alone that folder is the top of the working tree
 * (git, "ENVIRONMENT VARIABLES").
 */
function resolvePlaces({ GIT_DIR, GIT_WORK_TREE, GIT_COMMON_DIR }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...(GIT_DIR ? { GIT_DIR: resolve(GIT_DIR), GIT_WORK_TREE: resolve(GIT_WORK_TREE || '.') } : {}),
    ...(GIT_COMMON_DIR ? { GIT_COMMON_DIR: resolve(GIT_COMMON_DIR) } : {}),
  }
}

/** How to start a git child that stays running. */
export function gitOptions(cwd: string): SpawnOptions {
  return { cwd, env: gitEnv(), stdio: ['pipe', 'pipe', 'pipe'] }
}

/**
 * Runs git in `cwd` and returns its output.
 * @param input what git reads from its standard input
 * @throws Failure GIT_FAILED with the cause, if git fails or is not installed
 */
export async function git(cwd: string, args: readonly string[], input?: string): Promise<string> {
  const options = { cwd, env: gitEnv(), maxBuffer: MAX_OUTPUT }
  const running = promisify(execFile)('git', [...OVERRIDES, ...args], options)
  if (input !== undefined) {
    // A git that ends early says why by its exit status.
    running.child.stdin?.on('error', () => {})
    running.child.stdin?.end(input)
  }
  const { stdout } = await running.catch((error: unknown) => {
    throw gitFailure(error, cwd)
  })
  return stdout
}

/** The same for the few places that cannot wait; returns bytes. */
export function gitSync(cwd: string, args: readonly string[], input: string): Buffer {
  const options = { cwd, env: gitEnv(), input, maxBuffer: Number.POSITIVE_INFINITY }
  return execFileSync('git', [...OVERRIDES, ...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** The parts of an output that was requested with `-z`. */
export function splitNul(output: string): string[] {
  return [...eachPart(output)]
}

/** The same, one by one: the list of a large tree takes several times the memory of the output. */
export function* eachPart(output: string): Generator<string> {
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\0', at)
    const next = end < 0 ? output.length : end
    if (next > at) yield output.slice(at, next)
    at = next + 1
  }
}
