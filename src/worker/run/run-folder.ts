import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import { type Journal, openJournal } from './journal.ts'
import type { RunInputs } from './run-inputs.ts'

/** How a run is executed; a resumed run keeps these settings unless given others. Names of secrets, never values. */
export interface RunSettings {
  /** The runner's command line, as given. */
  runner: string
  /** Absolute path of the folder that runners work in. */
  workdir: string
  concurrency: number
  /** Environment variables that hold secret parameters, by the parameters' names. */
  secrets: Record<string, string>
  /** Values of the {variables} in the URLs of MCP servers. */
  mcpVariables: Record<string, string>
  /** The preview that the plan was made in; production when left out. */
  env?: string
}

/** What `run.json` holds: enough to continue without the registry. It holds no secret. */
export interface RunFile {
  runId: string
  settings: RunSettings
  inputs: RunInputs
}

/** A run's folder, `<data>/runs/<runId>/`, while this process holds its lock. */
export interface RunFolder extends RunFile {
  path: string
  /** SHA-256 of `run.json`. */
  hash: string
  journal: Journal
}

export interface TakenLock {
  release(): void
}

/** Takes a lock file or throws: two processes never execute the same run. */
export type TakeLock = (path: string, runId: string) => Promise<TakenLock>

/** The name of a run's folder. */
export const RUN_ID = /^[0-9a-f]{12}$/

/** Creates the folder of a new run. */
export async function createRun(
  data: string,
  content: Omit<RunFile, 'runId'>,
  lock: TakeLock,
): Promise<RunFolder & TakenLock> {
  const runId = randomBytes(6).toString('hex')
  const path = join(data, 'runs', runId)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (!existsSync(join(data, '.gitignore'))) writeFileSync(join(data, '.gitignore'), '*\n')
  const runLock = await lock(join(path, 'lock'), runId)
  const text = `${JSON.stringify({ runId, ...content })}\n`
  writeFileSync(join(path, 'run.json'), text, { mode: 0o600, flag: 'wx', flush: true })
  return hold({ runId, ...content, path, hash: sha256(text) }, runLock)
}

/**
 * Opens the folder of a run that was started earlier.
 * @throws Failure NOT_FOUND, INPUT_UNREADABLE when its files were changed; also what `lock` throws
 */
export async function reopenRun(data: string, runId: string, lock: TakeLock): Promise<RunFolder & TakenLock> {
  const path = join(data, 'runs', runId)
  if (!RUN_ID.test(runId) || !existsSync(join(path, 'run.json')))
    throw new Failure('NOT_FOUND', `the run "${runId}" does not exist here`, `see: ${join(data, 'runs')}`)
  const runLock = await lock(join(path, 'lock'), runId)
  try {
    const text = readFileSync(join(path, 'run.json'), 'utf8')
    const hash = sha256(text)
    const folder = hold({ ...parse(text, path), path, hash }, runLock)
    const [first] = folder.journal.lines
    // A run that was killed before its first line has done nothing yet.
    if (first === undefined || (first.type === 'opened' && first.inputs === hash)) return folder
    throw changed(path)
  } catch (error) {
    runLock.release()
    throw error
  }
}

function hold(content: Omit<RunFolder, 'journal'>, runLock: TakenLock): RunFolder & TakenLock {
  const journal = openJournal(join(content.path, 'journal.jsonl'))
  const release = () => {
    journal.close()
    runLock.release()
  }
  return { ...content, journal, release }
}

/** The shape is not checked: the hash proves that the file is the one that was written. */
function parse(text: string, path: string): RunFile {
  try {
    return JSON.parse(text) as RunFile
  } catch (cause) {
    throw changed(path, cause)
  }
}

function changed(path: string, cause?: unknown): Failure {
  const at = join(path, 'run.json')
  return new Failure(
    'INPUT_UNREADABLE',
    `${at} was changed after it was written`,
    'start a new run of its plan',
    {
      at,
      cause,
    },
  )
}
