import { type ChildProcess, type ExecFileException, execFile, execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { quoteWord } from '../../src/contract/text/quote-word.ts'
import { requireShape } from './documents.ts'
import { placeEmbedded } from './embedded-template.ts'
import { type Command, type Ran, runResident } from './resident-cli.ts'
import { runInSmallShell } from './small-shell.ts'

const BIN = resolve('bin/run.js')

/** Who commits. Upkeep after a commit would start a second process each time, and has nothing to do. */
const GIT = 'git -c user.name=Test -c user.email=test@example.com -c maintenance.auto=false'

/** The result of a run of the CLI. `json` is the document of `--json`. */
export interface CliRun extends Ran {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the command's, and the test asserts it
  json: any
}

/** The folder of a run, and variables of its environment besides the project's. */
export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
  /** Runs in a separate process, even if the project's commands share one. */
  alone?: boolean
}

/** How a process ended: one of the two is null. */
export interface Ended {
  exit: number | null
  signal: NodeJS.Signals | null
}

export interface ProjectOptions {
  /** Lets the CLI make the embedded cloud. It takes seconds, so only tests of that step ask for it. */
  empty?: boolean
  /** Runs commands in a shared process, for tests of a command's effects and not of its process. */
  resident?: boolean
}

/** A git repository with definitions in a temporary folder, and the built CLI to run in it. */
export class TestProject {
  readonly root: string
  readonly env: Record<string, string>
  private readonly execute: (command: Command) => Promise<Ran>
  private placed: boolean

  constructor(env: Record<string, string> = {}, { empty = false, resident = false }: ProjectOptions = {}) {
    this.execute = resident ? runResident : runAlone
    this.root = mkdtempSync(join(tmpdir(), 'nofx-project-'))
    this.env = env
    this.placed = empty
    placeRepository(this.root)
  }

  /** Writes files, by path relative to the root. Objects are written as JSON. */
  write(files: Record<string, string | Uint8Array | object>): this {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.root, path)
      mkdirSync(dirname(target), { recursive: true })
      const raw = typeof content === 'string' || content instanceof Uint8Array
      writeFileSync(target, raw ? content : `${JSON.stringify(content, null, 2)}\n`)
    }
    return this
  }

  /** Copies this repository's sample definitions. */
  withSamples(): this {
    cpSync('packages/shared', join(this.root, 'packages/shared'), { recursive: true })
    return this
  }

  /** Commits everything. */
  commit(message = 'change'): this {
    this.succeed(`git add -A && exec ${GIT} commit -qm ${quoteWord(message)} --allow-empty`)
    return this
  }

  git(...args: string[]): string {
    return this.succeed(`exec ${GIT} ${args.map(quoteWord).join(' ')}`)
  }

  private succeed(script: string): string {
    const { exit, stdout, stderr } = runInSmallShell(script, this.root)
    if (exit !== 0) throw new Error(`exit status ${exit} of ${script}: ${stderr}`)
    return stdout
  }

  /** Runs the CLI in the project. Never throws: the exit status is part of the result. */
  run(...args: string[]): Promise<CliRun> {
    return this.runWith({}, ...args)
  }

  /** The same from a folder of the project (by relative path), with more environment, or in a separate process. */
  async runWith({ cwd = '.', env: more = {}, alone }: RunOptions, ...args: string[]): Promise<CliRun> {
    const env = { ...this.environment(), ...more }
    if (args[0] === 'registry' || args.includes('--report')) await this.placeCloud(env)
    const execute = alone ? runAlone : this.execute
    const ran = await execute({ args, cwd: join(this.root, cwd), env })
    if (!args.includes('--json')) return { ...ran, json: undefined }
    requireShape(args, ran.stdout)
    return { ...ran, json: parse(ran.stdout) }
  }

  /** Starts the CLI for a test that ends it by a signal; its output is discarded. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const options = { cwd: this.root, env: this.environment(), stdio: 'ignore' } as const
    const child = spawn(process.execPath, [BIN, ...args], options)
    const ended = new Promise<Ended>((done) => child.once('exit', (exit, signal) => done({ exit, signal })))
    return { child, ended }
  }

  /** Places the embedded cloud before the first command that may need it. */
  private async placeCloud(env: NodeJS.ProcessEnv): Promise<void> {
    const elsewhere = env.NOFX_DATABASE_URL || env.SUPABASE_URL
    if (!this.placed && !elsewhere && !existsSync(join(this.root, '.nofx'))) await placeEmbedded(this.root)
    this.placed = true
  }

  private environment(): NodeJS.ProcessEnv {
    const { SUPABASE_URL: _url, SUPABASE_SECRET_KEY: _key, NOFX_DATABASE_URL: _db, ...others } = process.env
    const { ACTIONS_ID_TOKEN_REQUEST_URL: _ci, ACTIONS_ID_TOKEN_REQUEST_TOKEN: _token, ...more } = others
    // Node.js 20 reads these certificates at every start, which takes 60 ms, and no test connects to a server that
    // uses them.
    const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = more
    return { ...rest, NO_COLOR: '1', NOFX_KEYRING: 'file', NOFX_ACTOR: 'test@example.com', ...this.env }
  }

  remove(): void | Promise<void> {
    removeFolder(this.root)
  }
}

/** How often, and how long in ms, the removal of a folder waits for a process that still writes there. */
const WAITS = 100
const WAIT = 20

/**
 * Removes a folder. A resident process may still write what a refused command began: another process would have ended by
 * then. The `maxRetries` of Node.js removes the same empty folder again, and not what is new in it.
 */
function removeFolder(path: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let wait = 0; ; wait++) {
    try {
      rmSync(path, { recursive: true, force: true })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || wait === WAITS) throw error
      Atomics.wait(pause, 0, 0, WAIT)
    }
  }
}

const EMPTY = resolve('node_modules/.cache/nofx-tests/repository')

/** What `git init` does, done once for all repositories. If several workers do so at once, the first to finish counts. */
function placeRepository(root: string): void {
  if (!existsSync(EMPTY)) {
    const making = `${EMPTY}-${process.pid}`
    execFileSync('git', ['init', '-q', '-b', 'main', making])
    try {
      renameSync(join(making, '.git'), EMPTY)
    } catch (error) {
      if (!existsSync(EMPTY)) throw error
    }
    rmSync(making, { recursive: true, force: true })
  }
  cpSync(EMPTY, join(root, '.git'), { recursive: true })
}

function runAlone({ args, cwd, env }: Command): Promise<Ran> {
  return new Promise((done) => {
    const options = { cwd, env, maxBuffer: 256 * 1024 * 1024 }
    execFile(process.execPath, [BIN, ...args], options, (error: ExecFileException | null, stdout, stderr) => {
      const exit = error ? (typeof error.code === 'number' ? error.code : 128) : 0
      done({ exit, stdout, stderr })
    })
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A manifest of the kind agents without findings. */
export function agent(id: string, rest: object = {}): object {
  return {
    agentId: id,
    name: `The ${id}`,
    description: 'Does one thing and does it well.',
    owner: '@acme/tools',
    skills: [{ id: 'work', name: 'Work', description: 'Works.' }],
    prompts: { system: 'prompts/system.md' },
    ...rest,
  }
}

/** The files of such an agent, by path from the project's root. */
export function agentFiles(
  id: string,
  rest: object = {},
  prompt = 'You work.\n',
): Record<string, string | object> {
  const dir = `packages/shared/agents/${id}`
  return { [`${dir}/agent.json`]: agent(id, rest), [`${dir}/prompts/system.md`]: prompt }
}
