import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { withoutDryRun } from '../../cli/present/describe-release.ts'
import { presentRebase } from '../../cli/present/rebase.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import { rebaseRank } from '../../core/rebase-rank.ts'
import { sourceOfPublish } from '../../core/tree/publish-source.ts'
import type { WorkingTree } from '../../core/tree/tree.ts'

export default class RebaseRank extends TreeCommand {
  static override summary = 'Restart the order of commits at the commit that is checked out.'
  static override description =
    'The rank of a commit is its height: what git rev-list --count --first-parent prints. The registry refuses a commit with a lower rank than the published one (STALE). After a rewritten history, a move to another repository, or a publish with a wrong --rank, that order is wrong. This command gives every definition with a higher rank than this checkout a revision of the same content with the rank of this checkout. Readers see no change; the history keeps who did it and why. The command needs the secret key.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --reason "history was squashed" --dry-run',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "published with a wrong --rank"',
  ]
  static override args = {
    kind: Args.string({ description: 'the definition, as agents/reviewer, or its kind; all without it' }),
    id: definitionArgs.id,
  }
  static override flags = {
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history', required: true }),
    commit: Flags.string({ description: 'the commit SHA, where git does not know it', dependsOn: ['rank'] }),
    rank: Flags.integer({
      description: 'the rank of --commit: git rev-list --count --first-parent',
      min: 0,
      dependsOn: ['commit'],
    }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
  }

  async run(): Promise<Answer<'registry rebase-rank'>> {
    const { args, flags } = await this.parse(RebaseRank)
    const kinds = await this.kinds()
    const target = args.kind === undefined ? undefined : readTarget(kinds, args)
    const [commit, registry] = await Promise.all([this.commit(this.tree(kinds), flags), this.registry(kinds)])
    const { reason, 'idempotency-key': key } = flags
    const dryRun = flags['dry-run'] === true
    const actor = await this.actor()
    const result = await rebaseRank(registry, { target, commit, actor, reason, dryRun, key })
    const data = { dryRun, commit, result: withoutDryRun(result) }
    return this.answer(data, presentRebase(result, commit, registry.label, this.paint))
  }

  private async commit(tree: WorkingTree, flags: { commit?: string; rank?: number }): Promise<Commit> {
    const { commit } = await sourceOfPublish(tree, { ...flags, allowDirty: true })
    if (commit) return commit
    throw new Failure(
      'NO_COMMIT',
      'this folder is not in a git repository with a commit, so it has no height',
      'run it in the checkout that is published from, or name the commit with --commit and --rank',
    )
  }
}

function readTarget(
  kinds: readonly Kind[],
  args: { kind?: string; id?: string },
): { kind: string; id: string } {
  const { kind, id } = requireDefinition(kinds, args, 'registry rebase-rank')
  return { kind: kind.id, id }
}
