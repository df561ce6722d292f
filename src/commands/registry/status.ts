import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { env } from '../../cli/env-flag.ts'
import { pickKinds } from '../../cli/kinds.ts'
import { presentPlan } from '../../cli/present/publish-plan.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { SILENT } from '../../core/progress.ts'
import { planPublish } from '../../core/publish/publish.ts'
import type { PublishPlan } from '../../core/publish/publish-plan.ts'
import { seenByGit } from '../../core/tree/disk-view.ts'
import { findHead } from '../../core/tree/publish-source.ts'

export default class Status extends TreeCommand {
  static override summary = 'Compare the working tree with the registry in a few lines.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --json',
  ]
  static override args = { kind: Args.string({ description: 'only this kind, such as agents' }) }
  static override flags = {
    env,
    risks: Flags.boolean({ description: 'also list the risks of the changes' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Status)
    const kinds = await this.kinds()
    const publishes = pickKinds(kinds, args.kind ? [args.kind] : []).map((kind) => kind.id)
    const plan = await this.compare(kinds, publishes)
    const items = plan.items.map(({ diff: _, ...item }) => ({
      ...item,
      risks: flags.risks ? item.risks : [],
    }))
    return this.answer({ ...plan, items }, presentPlan({ ...plan, items }, this.paint, { texts: false }))
  }

  private async compare(kinds: Kind[], publishes: string[]): Promise<PublishPlan> {
    const [tree, { commit, unseen }, registry] = await Promise.all([
      seenByGit(this.tree(kinds)),
      findHead(this.tree(kinds)),
      this.registry(kinds),
    ])
    this.noteUnseen(unseen, tree)
    const options = { commit, publishes }
    const { plan, diagnostics } = await planPublish(tree, registry, options, SILENT)
    await this.printFindings(diagnostics)
    if (plan) return plan
    throw new Failure('FINDINGS', 'the working tree has errors', 'fix the findings above')
  }
}
