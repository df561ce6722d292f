import { Command } from '@oclif/core/command'
import type { Input, ParserOutput } from '@oclif/core/interfaces'
import type { Diagnostic } from '../core/diagnostic.ts'
import { Failure } from '../core/failure.ts'
import type { Kind } from '../core/kind.ts'
import { findProject, type Project } from '../core/project.ts'
import type { Registry } from '../core/registry.ts'
import { asFailure } from './as-failure.ts'
import { requirePreviewName } from './env-flag.ts'
import { loadKinds } from './kinds.ts'
import { errorDocument, paletteFor, printFailure, printJson, safeFor } from './output.ts'

/** Flags or arguments by their names. */
type Parsed = Record<string, unknown>

/** What every command of ours has: the project, the kinds, the registry, one way to answer and the only catch. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true

  protected readonly project: Project = findProject(process.cwd())
  protected diagnostics: Diagnostic[] = []
  /** Aborted by Ctrl-C: stages stop between two steps. A second Ctrl-C ends the process at once. */
  protected readonly interrupt = new AbortController()
  /** The status to end with. Set last of all: PGlite sets one of its own while it closes. */
  protected exitStatus = 0
  private opened?: Promise<Registry>
  /** What the flag `--env` of a command names: its registry is the one in that preview. */
  private preview?: string

  protected get paint() {
    return paletteFor(process.stdout)
  }

  protected async kinds(): Promise<Kind[]> {
    return loadKinds(this.config, this.project.plugins)
  }

  protected override async parse<F extends Parsed, B extends Parsed, A extends Parsed>(
    options?: Input<F, B, A>,
    argv?: string[],
  ): Promise<ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv)
    const { env } = parsed.flags as { env?: string }
    if (env !== undefined) this.preview = requirePreviewName(env)
    return parsed
  }

  /** Opens the registry that the environment names, in the preview of `--env`; it is closed when the command ends. */
  protected async registry(kinds: Kind[]): Promise<Registry> {
    const { openRegistry } = await import('../cloud/open-registry.ts')
    const opened = this.opened ?? openRegistry({ root: this.project.root, kinds, env: process.env })
    this.opened = opened
    const registry = await opened
    return this.preview === undefined ? registry : registry.inPreview(this.preview)
  }

  /** Prints the text for people and gives the data to `--json`. */
  protected answer<T extends object>(data: T, text: string): T {
    if (text) this.log(text)
    return data
  }

  /** All that a command prints for people goes through here or `logToStderr`, and nothing unsafe goes further. */
  override log(text = ''): void {
    super.log('%s', safeFor(process.stdout, text))
  }

  override logToStderr(text = ''): void {
    super.logToStderr('%s', safeFor(process.stderr, text))
  }

  /** Prints a document of a format for machines, which has made itself safe by the rules of that format. */
  protected logDocument(text: string): void {
    super.log('%s', text)
  }

  override async init(): Promise<void> {
    await super.init()
    // Else oclif takes what a hook or a pipeline has on stdin for the first argument that is not given.
    for (const arg of Object.values(this.ctor.args)) arg.ignoreStdin = true
    process.once('SIGINT', this.onInterrupt)
    process.once('SIGTERM', this.onInterrupt)
  }

  override async catch(error: unknown): Promise<void> {
    const isTold = error instanceof Failure && error.code === 'INTERRUPTED'
    const failure = this.interrupt.signal.aborted && !isTold ? interrupted(error) : asFailure(error, this.id)
    this.exitStatus = failure.exit
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(failure))
    else printFailure(failure)
  }

  override async finally(_error: Error | undefined): Promise<void> {
    // The listeners stay: a signal that comes while this closes must not end a command that did its work as if it had not.
    const registry = await this.opened?.catch(() => undefined)
    await registry?.close()
    process.exitCode = this.exitStatus
  }

  override toSuccessJson(data: unknown): unknown {
    return { ok: true, data, diagnostics: this.diagnostics }
  }

  override toErrorJson(failure: Failure): unknown {
    return errorDocument(failure, this.diagnostics)
  }

  override logJson(json: unknown): void {
    printJson(json)
  }

  private readonly onInterrupt = (): void => {
    this.interrupt.abort()
  }
}

function interrupted(cause: unknown): Failure {
  return new Failure(
    'INTERRUPTED',
    'interrupted',
    'run the same command again: it continues where this one stopped',
    { cause },
  )
}
