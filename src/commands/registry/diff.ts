import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { env } from '../../cli/env-flag.ts'
import { pickKind } from '../../cli/kinds.ts'
import { presentDiff } from '../../cli/present/publish-plan.ts'
import { requireHead } from '../../cli/require-head.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import type { Kind } from '../../contract/kind.ts'
import { MAX_VERSION } from '../../contract/lengths.ts'
import { nameOf } from '../../contract/name.ts'
import { type ContentState, compareStates, revisionState, treeState } from '../../core/diff/compare.ts'
import { printableText } from '../../core/printable.ts'
import { seenByGit } from '../../core/tree/disk-view.ts'
import { findUnseen } from '../../core/tree/publish-source.ts'
import type { Tree } from '../../core/tree/tree.ts'

export default class Diff extends TreeCommand {
  static override summary =
    'Show what differs between two versions, or between the registry and the working tree.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer',
    '<%= config.bin %> <%= command.id %> agents reviewer --from 2 --to 5',
  ]
  static override args = {
    kind: Args.string({ description: 'kind of the definition, such as agents', required: true }),
    id: Args.string({ description: 'id of the definition', required: true }),
  }
  static override flags = {
    env,
    pager: screenFlags.pager,
    from: Flags.integer({
      description: 'the older version; the newest when not given',
      min: 1,
      max: MAX_VERSION,
    }),
    to: Flags.integer({
      description: 'the newer version; the working tree when not given',
      min: 1,
      max: MAX_VERSION,
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Diff)
    const kinds = await this.kinds()
    const kind = pickKind(kinds, args.kind)
    const registry = await this.registry(kinds)
    const head = await requireHead(registry, kind.id, args.id)
    const before = await revisionState(registry, kind, args.id, flags.from ?? head.latestVersion)
    const after = flags.to
      ? await revisionState(registry, kind, args.id, flags.to)
      : await this.workingState(this.tree(kinds), kind, args.id)
    const { diff, risks } = await compareStates(kind, before, after)
    const lines = risks.map((risk) => `  risk ${risk.level}: ${printableText(risk.message)}`)
    if (diff.fields.length + diff.files.length) lines.push(...presentDiff(diff, this.paint, true))
    return this.answer({ diff, risks }, lines.join('\n') || 'No difference.')
  }

  private async workingState(working: Tree, kind: Kind, id: string): Promise<ContentState> {
    const [tree, unseen] = await Promise.all([seenByGit(working), findUnseen(working)])
    const own = unseen.filter(({ path }) => path.startsWith(`${nameOf({ kind: kind.id, id })}/`))
    this.noteUnseen(own, tree)
    return treeState(tree, kind, id)
  }
}
