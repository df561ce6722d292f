import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { Kind } from '../contract/kind.ts'
import { LENGTHS } from '../contract/lengths.ts'
import type { ReleaseResult } from '../contract/protocol/sync.ts'
import { shownPath } from '../core/disk/shown-path.ts'
import { formats } from '../core/formats/formats.ts'
import type { IncidentCause } from '../core/moves/incident.ts'
import { printableText } from '../core/printable.ts'
import type { Registry } from '../core/registry/registry.ts'
import { type Difference, REASONS } from '../core/tree/differences.ts'
import { definitionsRoot } from '../core/tree/project.ts'
import type { WorkingTree } from '../core/tree/tree.ts'
import { BaseCommand } from './base-command.ts'
import type { EndedCheck, ReportOutcome } from './keep-report.ts'
import { pickKinds } from './kinds.ts'
import { limited } from './limits.ts'
import { paletteFor } from './output.ts'
import type { Released } from './present/describe-release.ts'
import { findingsScreen } from './terminal/findings-screen.ts'

/** The command that shows findings which others group. */
const ALL_FINDINGS = 'nofx validate --verbose'

/** What commands share that read the working tree or change the registry. */
export abstract class TreeCommand extends BaseCommand {
  /** The project's definitions of the named kinds (all, when none is named). */
  protected tree(kinds: readonly Kind[], names: readonly string[] = []): WorkingTree {
    const root = definitionsRoot(this.project)
    return { root, shownPath: shownPath(root), kinds: pickKinds(kinds, names) }
  }

  /** Reports in one line how the working tree differs from the commit where `git status` shows nothing. */
  protected noteUnseen(unseen: readonly Difference[], { root }: WorkingTree): void {
    const [first] = unseen
    if (!first) return
    const rest = unseen.length > 1 ? ` and ${unseen.length - 1} more` : ''
    const what = `${shownPath(join(root, first.path))} ${REASONS[first.reason]}`
    this.addNote(`publish reads the commit, not this working tree: ${what}${rest}`)
  }

  /** Says something on stderr that changes no verdict. A document of `--json` has no notes. */
  protected addNote(text: string): void {
    if (!this.jsonEnabled()) this.logToStderr(printableText(`note: ${text}`))
  }

  /** Stores findings for `--json` and prints them for people. */
  protected async printFindings(findings: readonly Diagnostic[]): Promise<void> {
    const diagnostics = fromHere(findings)
    this.diagnostics = diagnostics
    if (diagnostics.length === 0 || this.jsonEnabled()) return
    const format = await formats.text()
    this.logToStderr(
      format(diagnostics, {
        rules: {},
        version: this.config.version,
        paint: paletteFor(process.stderr),
        screen: findingsScreen(process.stderr, { more: ALL_FINDINGS, onDisk: false }),
      }),
    )
  }

  /** Stores the report of a check, and prints whether it was stored. */
  protected async keep(check: EndedCheck): Promise<ReportOutcome> {
    const { keepReport, presentReportOutcome } = await import('./keep-report.ts')
    const reportOutcome = await keepReport(check, {
      open: () => this.registry(check.tree.kinds),
      actor: await this.actor(),
      root: this.project.root,
      signal: this.interrupt.signal,
    })
    if (!this.jsonEnabled()) this.logToStderr(printableText(presentReportOutcome(reportOutcome)))
    return reportOutcome
  }

  /**
   * Answers with the result of a rollback, a switch, an undelete, a promotion or a withdrawal, or of its dry run.
   * @param cause for the paragraph that is pasted into an incident channel; without it there is no such paragraph
   */
  protected async released(
    result: ReleaseResult,
    registry: Registry,
    kinds: readonly Kind[],
    cause?: IncidentCause,
  ): Promise<{ data: Released; text: string }> {
    const { describeRelease } = await import('./present/describe-release.ts')
    return describeRelease(result, { registry, kinds, cause, paint: this.paint })
  }

  /** Answers with a release. */
  protected async answerReleased(
    result: ReleaseResult,
    registry: Registry,
    kinds: readonly Kind[],
    cause?: IncidentCause,
  ): Promise<Released> {
    const { data, text } = await this.released(result, registry, kinds, cause)
    return this.answer(data, text)
  }

  /** The actor, the idempotency key, and whether this is a dry run. */
  protected async intent(flags: { 'dry-run'?: boolean; 'idempotency-key'?: string }) {
    return { actor: await this.actor(), key: flags['idempotency-key'], dryRun: flags['dry-run'] === true }
  }

  /** The actor for the history: CI's actor, else git's identity, else the system's user. */
  protected async actor(): Promise<string> {
    const { NOFX_ACTOR, GITHUB_ACTOR } = process.env
    const { gitIdentity } = await import('../core/git/git.ts')
    if (NOFX_ACTOR !== undefined)
      return limited(
        'NOFX_ACTOR',
        NOFX_ACTOR,
        LENGTHS.actor,
        (range) => `set NOFX_ACTOR to a name of ${range}`,
      )
    const name = GITHUB_ACTOR ?? (await gitIdentity(this.project.root)) ?? userInfo().username
    return name.slice(0, LENGTHS.actor[1]).toWellFormed()
  }
}

/**
 * Findings with their paths as they are typed in the current folder: in the folder of a definition, its own files have
 * no `../../agents/<id>/` before their names.
 */
export function fromHere(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((one) => (one.path.startsWith('../') ? { ...one, path: shownPath(one.path) } : one))
}
