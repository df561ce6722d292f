import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { buildHeadDocument } from '../../cli/definition/head-document.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { describeMark, presentHolds } from '../../cli/present/history.ts'
import type { Screen } from '../../cli/terminal/screen.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import { Failure } from '../../contract/failure.ts'
import type { Definition, Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { buildState } from '../../core/diff/compare.ts'
import { type GraphFormatName, graphFormats } from '../../core/graph/formats.ts'
import { cutMiddle } from '../../core/lines/fit-lines.ts'
import { printableText } from '../../core/printable.ts'
import { findRevision } from '../../core/registry/find-revision.ts'
import { isLive } from '../../core/registry/live-head.ts'
import { describeSwitch } from '../../core/registry/operator-switch.ts'
import type { Head } from '../../core/registry/registry.ts'
import type { Revision } from '../../core/registry/revision.ts'

/** Columns of a label and the gap after it. */
const LABEL = 10
/** The fewest columns that a hash or a path gets. */
const LEAST = 20

export default class Show extends BaseCommand {
  static override summary = 'Show one definition as the registry has it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents/reviewer --version 3 --file prompts/system.md',
    '<%= config.bin %> <%= command.id %> templates/triage-issue --graph',
    '<%= config.bin %> <%= command.id %> templates/triage-issue --graph --format svg > plan.svg',
  ]
  static override args = definitionArgs
  static override flags = {
    env,
    pager: screenFlags.pager,
    version: versionFlag({ description: 'this version instead of the newest' }),
    file: Flags.string({ description: 'print only this text file, as it was published' }),
    graph: Flags.boolean({ description: 'draw its plan', exclusive: ['file'] }),
    format: Flags.option({
      description: 'how --graph draws',
      options: Object.keys(graphFormats) as GraphFormatName[],
      dependsOn: ['graph'],
    })(),
  }

  async run(): Promise<Answer<'registry show'>> {
    const { args, flags } = await this.parse(Show)
    const kinds = await this.kinds()
    const { kind, id } = requireDefinition(kinds, args, 'registry show')
    const registry = await this.registry(kinds)
    const head = await requireHead(registry, kind.id, id, kinds)
    const revision = await findRevision(registry, kind.id, id, flags.version ?? head.latestVersion)
    if (flags.file) return this.showText(flags.file, requireText(revision, flags.file))
    const state = buildState(revision, kind)
    if (flags.graph) return this.draw(kind, state, flags.format)
    const document = { ...revision, manifest: state.manifest as Revision['manifest'] }
    const data = { head: buildHeadDocument(head), revision: document }
    return this.answer(data, present(head, document, this.screen))
  }

  private showText(path: string, text: string): Answer<'registry show'> {
    return this.answer({ path, text }, text.trimEnd())
  }

  private async draw(
    kind: Kind,
    definition: Definition,
    format: GraphFormatName = 'text',
  ): Promise<Answer<'registry show'>> {
    if (!kind.graph)
      throw new Failure(
        'USAGE',
        `${kind.id} have no plan to draw`,
        `see: nofx registry show ${nameOf({ kind: kind.id, id: definition.id })}`,
      )
    const graph = kind.graph(definition)
    const draw = await graphFormats[format]()
    const drawing = printableText(draw(graph))
    return format === 'text' ? this.answer({ graph }, drawing) : this.answerExact({ graph }, drawing)
  }
}

function requireText(revision: Revision, path: string): string {
  if (Object.hasOwn(revision.texts, path)) return printableText(revision.texts[path] ?? '')
  const names = Object.keys(revision.texts).join(', ')
  throw new Failure('NOT_FOUND', `version ${revision.version} has no text file "${path}"`, `it has: ${names}`)
}

/** Hashes and paths lose their middle where the screen has no room for them. */
function present(head: Head, revision: Revision, { width }: Screen): string {
  const { name, summary, tags, provides } = head.description
  const shorten = (word: string, around = LABEL): string => cutMiddle(word, Math.max(LEAST, width - around))
  const lines = [
    `${nameOf(head)}  ${name}`,
    summary,
    '',
    `version   ${revision.version}${revision.version === head.version && isLive(head) ? ' (live)' : ''}   state ${revision.state}${describeMark(head, revision)}`,
    ...presentHolds(head),
    ...(head.disabled ? [describeSwitch(head.disabled)] : []),
    `digest    ${shorten(revision.digest)}`,
    `commit    ${shorten(revision.commit.sha, LABEL + 1)}${revision.commit.dirty ? ' (dirty)' : ''}, ${revision.origin} by ${revision.actor} at ${revision.createdAt}`,
    ...(revision.reason ? [`reason    ${revision.reason}`] : []),
    ...(tags.length ? [`tags      ${tags.join(', ')}`] : []),
    ...(provides.length ? [`provides  ${provides.join(', ')}`] : []),
    `bundle    ${shorten(revision.bundle.path)} (${revision.bundle.size} bytes)`,
    ...revision.files.map((file) => `  ${shorten(file.path, 4)}  ${file.size}  ${file.sha256.slice(0, 12)}`),
    '',
    JSON.stringify(revision.manifest, null, 2),
  ]
  return printableText(lines.join('\n'))
}
