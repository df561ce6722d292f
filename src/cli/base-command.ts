import { Command } from '@oclif/core/command'
import type { Input, ParserOutput } from '@oclif/core/interfaces'
import type { Diagnostic } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import { fitText } from '../core/lines/fit-lines.ts'
import type { Registry } from '../core/registry/registry.ts'
import { settledWithin } from '../core/settled-within.ts'
import { findProject, type Project } from '../core/tree/project.ts'
import { noteStatus, noteSummary } from './answer.ts'
import { requirePreviewName } from './env-flag.ts'
import { asFailure } from './failures/as-failure.ts'
import { unsetBeforeSignIn } from './failures/before-sign-in.ts'
import { interrupted } from './failures/interrupted.ts'
import { describeUse } from './failures/used-command.ts'
import { loadKinds } from './kinds.ts'
import type { DearUse } from './least-key.ts'
import { requireLimits } from './limits.ts'
import { errorDocument, paletteFor, printFailure, printJson, printText, safeFor } from './output.ts'
import { forgetSignals, GRACE_MS, HEED_AFTER_MS, listenForSignals } from './signals.ts'
import { showInPager } from './terminal/pager.ts'
import { measureScreen, measureWidth, type Screen } from './terminal/screen.ts'
import { clearSign, showOpening } from './terminal/sign-of-life.ts'
import { mayAnnounce } from './updates/may-ask.ts'

/** Flags or arguments by their names. */
type ParsedFlags = Record<string, unknown>

/** How long the registry may take to close, milliseconds: longer than a connection pool waits for a silent server. */
const CLOSE_WITHIN_MS = 12_000
/** The same after a signal, milliseconds. */
const HURRY_MS = 2_000

/** What all commands share: the project, the kinds, the registry, the answer and the only catch. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true

  protected readonly project: Project = findProject(process.cwd())
  protected diagnostics: Diagnostic[] = []
  /** Aborted by the first Ctrl-C or SIGTERM: stages stop between two steps. A second one ends the process at once. */
  protected readonly interrupt = new AbortController()
  /** The exit status when nothing fails. */
  protected exitStatus = 0
  /** How long this command may continue after the first signal, milliseconds; undefined when it ends by itself. */
  protected readonly graceMs: number | undefined = GRACE_MS
  /** What the command is about in most calls, such as `agents/<id>`, for a hint when a call names nothing. */
  protected readonly usualWords: string = ''

  /** Whether it may say that a newer release is there. */
  protected readonly announcesUpdates: boolean = true
  private opened?: Promise<Registry>
  private heeded = false
  /** The preview that `--env` names: the command's registry is the one in that preview. */
  private preview?: string
  /** The flags about the screen, for commands that have them. */
  private screenOptions: { wide?: boolean; pager?: boolean } = {}
  /** The result so far, which the document of a failure contains too. */
  private result?: object
  /** An answer that waits for the pager. */
  private long?: string

  protected get paint() {
    return paletteFor(process.stdout)
  }

  /** The screen behind stdout, which `--wide` widens. */
  protected get screen(): Screen {
    return measureScreen(process.stdout, { wide: this.screenOptions.wide || undefined })
  }

  protected async kinds(): Promise<Kind[]> {
    return loadKinds(this.config, this.project.plugins)
  }

  protected override async parse<F extends ParsedFlags, B extends ParsedFlags, A extends ParsedFlags>(
    options?: Input<F, B, A>,
    argv?: string[],
  ): Promise<ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv)
    requireLimits(parsed.flags)
    const { env, wide, pager } = parsed.flags as { env?: string; wide?: boolean; pager?: boolean }
    if (env !== undefined) this.preview = requirePreviewName(env)
    this.screenOptions = { wide, pager }
    return parsed
  }

  /**
   * Opens the registry that the environment names, in the preview of `--env`. It is closed when the command ends.
   * @param use what needs more than the command itself
   * @param late see `OpenOptions`
   */
  protected async registry(kinds: Kind[], use?: DearUse, late?: boolean): Promise<Registry> {
    this.heedSignals()
    const [{ openRegistry }] = await Promise.all([import('../cloud/open-registry.ts'), this.requireKey(use)])
    if (!this.opened && !this.jsonEnabled()) showOpening(this.project.root, process.env)
    const opened = this.opened ?? openRegistry({ root: this.project.root, kinds, env: process.env, late })
    this.opened = opened
    const registry = await opened.finally(clearSign)
    return this.preview === undefined ? registry : registry.inPreview(this.preview)
  }

  /** Checks the credential before the registry is opened. */
  protected async requireKey(use?: DearUse): Promise<void> {
    const { requireLeastKey } = await import('./least-key.ts')
    requireLeastKey(this.id ?? '', process.env, use)
  }

  /** Prints the text for people and returns the data for `--json`. A text that is longer than the screen is paged. */
  protected answer<T extends object>(data: T, text: string): T {
    noteSummary(text)
    this.keepResult(data)
    if (this.screenOptions.pager && !this.jsonEnabled() && this.isLong(text)) this.long = text
    else if (text) this.log(text)
    return data
  }

  /** The same for a document that has to stay as it is, such as a script: no line of it is broken. */
  protected answerExact<T extends object>(data: T, text: string): T {
    noteSummary(text)
    this.keepResult(data)
    if (text) this.logDocument(text)
    return data
  }

  /** Keeps the result for the document of `--json` in case that the command fails. */
  protected keepResult<T extends object>(data: T): T {
    this.result = data
    return data
  }

  private isLong(text: string): boolean {
    const { width, height } = this.screen
    return height !== Number.POSITIVE_INFINITY && fitText(text, width).split('\n').length >= height
  }

  /** Shows the answer that is longer than the screen, once the registry is free for other commands. */
  private async page(): Promise<void> {
    const { long, screen } = this
    this.long = undefined
    if (long === undefined) return
    forgetSignals()
    const text = fitText(safeFor(process.stdout, long), screen.width)
    if (this.interrupt.signal.aborted || !(await showInPager(text, process.env))) this.log(long)
  }

  /**
   * Everything that a command prints for people goes through here or `logToStderr`, which make it safe for a terminal.
   */
  override log(text = ''): void {
    this.logDocument(fitText(safeFor(process.stdout, text), this.screen.width))
  }

  override logToStderr(text = ''): void {
    clearSign()
    super.logToStderr('%s', fitText(safeFor(process.stderr, text), measureWidth(process.stderr)))
  }

  /** Prints a document of a format for machines, which is escaped by the rules of that format. */
  protected logDocument(text: string): void {
    if (!this.jsonEnabled()) printText(text)
  }

  override async init(): Promise<void> {
    await super.init()
    // Otherwise oclif takes the stdin of a hook or a pipeline as the first missing argument.
    for (const arg of Object.values(this.ctor.args)) arg.ignoreStdin = true
    // A command that ends before then needs no listener: a signal ends it as it ends any program.
    if (this.graceMs === undefined) this.heedSignals()
    else setTimeout(() => this.heedSignals(), HEED_AFTER_MS).unref()
    const work = this.run.bind(this)
    this.run = async () => Promise.race([work(), this.overdue()])
  }

  /**
   * Makes a signal stop this command between two steps instead of
   * at once. Call it before creating what has to be cleaned up.
   */
  protected heedSignals(): void {
    if (this.heeded) return
    this.heeded = true
    listenForSignals(() => this.interrupt.abort())
  }

  /** Rejects when this command continues for too long after a signal: what it waits for may never come. */
  private overdue(): Promise<never> {
    return new Promise((_, reject) => {
      this.interrupt.signal.addEventListener('abort', () => {
        const { graceMs } = this
        if (graceMs !== undefined) setTimeout(() => reject(interrupted(undefined)), graceMs).unref()
      })
    })
  }

  override async catch(thrown: unknown): Promise<void> {
    const error = await this.explain(thrown)
    const isTold = error instanceof Failure && error.code === 'INTERRUPTED'
    const failure = this.interrupt.signal.aborted && !isTold ? interrupted(error) : this.toFailure(error)
    this.exitStatus = failure.exit
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(failure))
    else printFailure(failure)
  }

  /** The error with the preview that `--env` probably means, when it names one that does not exist. */
  private async explain(error: unknown): Promise<unknown> {
    const registry = this.preview === undefined ? undefined : await this.opened?.catch(() => undefined)
    if (this.preview === undefined || !registry || this.interrupt.signal.aborted) return error
    const { withNearPreview } = await import('./near-names.ts')
    return withNearPreview(error, this.preview, registry, '--env')
  }

  private toFailure(error: unknown): Failure {
    const { id, argv, usualWords, ctor } = this
    const use = describeUse({ ...ctor.flags, ...ctor.baseFlags }, { id, argv, usualWords })
    return unsetBeforeSignIn(asFailure(error, use), process.env)
  }

  override async finally(_error: Error | undefined): Promise<void> {
    // The listeners stay: a signal during the close must not end a finished command as if it had been interrupted.
    const registry = this.opened?.catch(() => undefined)
    // The result is final and the process is about to end: closing the registry may neither fail nor delay it.
    const closed = registry?.then((open) => open?.close()).catch(() => undefined)
    if (closed) await settledWithin(closed, this.interrupt.signal.aborted ? HURRY_MS : CLOSE_WITHIN_MS)
    this.heeded = true
    await this.page()
    await this.announceUpdate()
    noteStatus(this.exitStatus)
  }

  /** Says on a terminal, below everything else, that a newer release is there. */
  private async announceUpdate(): Promise<void> {
    if (!this.announcesUpdates || this.jsonEnabled() || !mayAnnounce(process.env, process.stderr)) return
    const line = (await import('./updates/announce-update.ts')).announceUpdate(this.config)
    if (line) this.logToStderr(line)
  }

  override toSuccessJson(data: unknown): unknown {
    return { ok: true, data, diagnostics: this.diagnostics }
  }

  override toErrorJson(failure: Failure): unknown {
    return errorDocument(failure, this.diagnostics, this.result)
  }

  override logJson(json: unknown): void {
    printJson(json)
  }
}
