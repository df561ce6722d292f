import { userInfo } from 'node:os'
import { relative, resolve } from 'node:path'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { Kind } from '../contract/kind.ts'
import { LENGTHS } from '../contract/lengths.ts'
import type { ReleaseResult } from '../contract/protocol/sync.ts'
import type { Move } from '../core/diff/moves.ts'
import { formats } from '../core/formats/formats.ts'
import { printableText } from '../core/printable.ts'
import type { Registry } from '../core/registry/registry.ts'
import { type Difference, REASONS } from '../core/tree/differences.ts'
import { definitionsRoot } from '../core/tree/project.ts'
import type { Tree } from '../core/tree/tree.ts'
import { BaseCommand } from './base-command.ts'
import type { EndedCheck, KeptReport } from './keep-report.ts'
import { pickKinds } from './kinds.ts'
import { limited } from './limits.ts'
import { paletteFor } from './output.ts'

/** What commands share that read the working tree or move the registry. */
export abstract class TreeCommand extends BaseCommand {
  /** The project's definitions of the named kinds (all, when none is named). */
  protected tree(kinds: readonly Kind[], names: readonly string[] = []): Tree {
    const root = definitionsRoot(this.project)
    return { root, shown: shownPath(root), kinds: pickKinds(kinds, names) }
  }

  /** Says in one line what of the working tree the commit has otherwise and `git status` does not show. */
  protected noteUnseen(unseen: readonly Difference[], { shown }: Tree): void {
    const [first] = unseen
    if (!first || this.jsonEnabled()) return
    const rest = unseen.length > 1 ? ` and ${unseen.length - 1} more` : ''
    const what = `${shown}/${first.path} ${REASONS[first.reason]}`
    this.logToStderr(printableText(`note: publish reads the commit, not this working tree: ${what}${rest}`))
  }

  /** Keeps findings for `--json` and prints them for people. */
  protected async printFindings(diagnostics: Diagnostic[]): Promise<void> {
    this.diagnostics = diagnostics
    if (diagnostics.length === 0 || this.jsonEnabled()) return
    const format = await formats.text()
    this.logToStderr(
      format(diagnostics, { rules: {}, version: this.config.version, paint: paletteFor(process.stderr) }),
    )
  }

  /** Keeps the report of a check, and tells people what became of it. */
  protected async keep(check: EndedCheck): Promise<KeptReport> {
    const { keepReport, presentKept } = await import('./keep-report.ts')
    const kept = await keepReport(check, {
      open: () => this.registry(check.tree.kinds),
      actor: await this.actor(),
      root: this.project.root,
      signal: this.interrupt.signal,
    })
    if (!this.jsonEnabled()) this.logToStderr(printableText(presentKept(kept)))
    return kept
  }

  /** What a rollback, an undelete, a promotion or a withdrawal did, or would do, for people and for `--json`. */
  protected async released(
    result: ReleaseResult,
    registry: Registry,
    kinds: readonly Kind[],
  ): Promise<{ data: { result: ReleaseResult; moves?: Move[] }; text: string }> {
    const { describeMoves } = await import('../core/diff/moves.ts')
    const moves = result.dryRun ? await describeMoves(registry, kinds, result) : undefined
    const { presentRelease } = await import('./present/release.ts')
    const text = presentRelease(result, registry.label, this.paint, { moves })
    return { data: { result, ...(moves ? { moves } : {}) }, text }
  }

  /** Answers with what was released. */
  protected async answerReleased(
    result: ReleaseResult,
    registry: Registry,
    kinds: readonly Kind[],
  ): Promise<object> {
    const { data, text } = await this.released(result, registry, kinds)
    return this.answer(data, text)
  }

  /** Who moves the registry, under which key, and whether only as a trial. */
  protected async intent(flags: { 'dry-run': boolean; 'idempotency-key'?: string }) {
    return { actor: await this.actor(), key: flags['idempotency-key'], dryRun: flags['dry-run'] }
  }

  /** Who acts, as the history will say: CI's actor, else git's identity, else the system's user. */
  protected async actor(): Promise<string> {
    const { NOFX_ACTOR, GITHUB_ACTOR } = process.env
    const { gitIdentity } = await import('../core/git/git.ts')
    if (NOFX_ACTOR !== undefined) return limited('NOFX_ACTOR', NOFX_ACTOR, LENGTHS.actor)
    const named = GITHUB_ACTOR ?? (await gitIdentity(this.project.root)) ?? userInfo().username
    return named.slice(0, LENGTHS.actor[1]).toWellFormed()
  }
}

/** A path as people see it: relative to where they stand, with `/`. */
export function shownPath(path: string): string {
  return relative(process.cwd(), resolve(path)).replaceAll('\\', '/') || '.'
}
