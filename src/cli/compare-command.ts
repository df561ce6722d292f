import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import { SILENT } from '../core/progress.ts'
import type { Cover } from '../core/publish/cover.ts'
import { planPublish } from '../core/publish/publish.ts'
import type { PublishPlan } from '../core/publish/publish-plan.ts'
import { seenByGit } from '../core/tree/disk-view.ts'
import { findHead } from '../core/tree/publish-source.ts'
import { TreeCommand } from './tree-command.ts'

/** What commands share that compare the working tree with the registry. */
export abstract class CompareCommand extends TreeCommand {
  /**
   * What a publish of the working tree would do.
   * @param kinds every kind of the project
   * @param scope what to compare
   * @throws Failure FINDINGS when the working tree has errors
   */
  protected async compare(kinds: Kind[], scope: Cover): Promise<PublishPlan> {
    const [tree, { commit, unseen }, registry] = await Promise.all([
      seenByGit(this.tree(kinds)),
      findHead(this.tree(kinds)),
      this.registry(kinds),
    ])
    this.noteUnseen(unseen, tree)
    const options = { commit, ...scope }
    const { plan, diagnostics } = await planPublish(tree, registry, options, SILENT)
    await this.printFindings(diagnostics)
    if (plan) return plan
    throw new Failure('FINDINGS', 'the working tree has errors', 'fix the findings above')
  }
}
