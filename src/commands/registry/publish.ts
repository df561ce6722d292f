import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { publishScope } from '../../cli/definition/scope.ts'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { hasOwnRules } from '../../cli/plugins/guard-kind.ts'
import { withoutDryRun } from '../../cli/present/describe-release.ts'
import { presentPublish } from '../../cli/present/publish.ts'
import { presentPlan } from '../../cli/present/publish-plan.ts'
import { presentDryRun } from '../../cli/present/release.ts'
import { count } from '../../cli/present/table.ts'
import { watchStages } from '../../cli/progress.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { writeCommentFile } from '../../cli/write-comment.ts'
import { type Diagnostic, isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { applyPlan } from '../../core/publish/apply.ts'
import { buildCover, type Cover } from '../../core/publish/cover.ts'
import { guardPlan } from '../../core/publish/guard.ts'
import { HeadsQuestion } from '../../core/publish/heads-question.ts'
import { readPlanFile, writePlanFile } from '../../core/publish/plan-file.ts'
import { type Planned, type PublishOptions, planPublish } from '../../core/publish/publish.ts'
import { isEmpty, type PublishPlan } from '../../core/publish/publish-plan.ts'
import { isOfHead, mayCompareTrees, openQuietPlans } from '../../core/publish/quiet-plans.ts'
import { requireMoved, requireMovement } from '../../core/publish/verdict.ts'
import type { Registry } from '../../core/registry/registry.ts'
import {
  type CommitOptions,
  type PublishSource,
  sourceOfPublish,
  treeOfPlan,
} from '../../core/tree/publish-source.ts'
import { countFolders, type WorkingTree } from '../../core/tree/tree.ts'
import { refOfJob } from '../../core/tree/whereabouts.ts'

/** The options of the plan, and what to do with it. */
type PublishSettings = PublishOptions & { 'dry-run': boolean; out?: string; comment?: string }

/** A plan, and what was packed of it already. */
type PlanToApply = { plan: PublishPlan } & Pick<Planned, 'ahead'>

type Opened = PlanToApply & { tree: WorkingTree; registry: Registry }

/** The flags that select a commit, and what git is asked about it. */
interface OfCommit extends Pick<CommitOptions, 'lists' | 'onListing'> {
  commit?: string
  rank?: number
  'allow-dirty': boolean
}

/** Exit status of `--dry-run --exit-code` when there are changes. */
const HAS_CHANGES = 10

export default class Publish extends TreeCommand {
  static override summary = 'Publish the definitions of the commit as one release.'
  static override description =
    'Reads HEAD from git, not the working tree, and refuses when the two differ. Validates, bundles, compares with the registry, uploads what storage lacks and commits everything in one transaction. With --dry-run it stops after the plan and writes nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents --dry-run',
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents --draft',
    '<%= config.bin %> <%= command.id %> agents --out plan.json && <%= config.bin %> <%= command.id %> --plan plan.json',
  ]
  static override strict = false
  static override args = {
    kind: Args.string({
      description:
        'kinds to publish, such as agents, or definitions as agents/reviewer; everything by default',
    }),
  }
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    'dry-run': Flags.boolean({ description: 'print the plan and write nothing' }),
    'exit-code': Flags.boolean({
      description: 'with --dry-run: exit 10 when there are changes',
      dependsOn: ['dry-run'],
    }),
    comment: Flags.string({
      description: 'with --dry-run: write the comment for a pull request to this file, too',
      helpValue: 'FILE',
      dependsOn: ['dry-run'],
    }),
    out: Flags.string({ description: 'write the plan to this file and stop', helpValue: 'plan.json' }),
    plan: Flags.string({
      description: 'apply exactly this plan',
      helpValue: 'plan.json',
      exclusive: ['out', 'only', 'draft', 'prune', 'unhold', 'commit', 'allow-dirty'],
    }),
    only: Flags.string({
      description: 'publish only these, by id or as agents/reviewer',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'id',
    }),
    draft: Flags.boolean({
      description: 'publish as drafts, which only publishers see; what is live stays live',
      exclusive: ['prune'],
    }),
    prune: Flags.boolean({ description: 'also remove what is no longer in the commit' }),
    yes: Flags.boolean({ description: 'with --prune: remove more than 20 % of the registry' }),
    force: Flags.boolean({ description: 'continue although live definitions lose what they need' }),
    unhold: Flags.boolean({ description: 'publish content that was rolled back before' }),
    reason: Flags.string({ description: 'why, for the history' }),
    commit: Flags.string({
      description: 'publish this commit instead of HEAD; outside of git, the SHA that the files come from',
      dependsOn: ['rank'],
    }),
    rank: Flags.integer({
      description: 'the rank of --commit: git rev-list --count --first-parent',
      min: 0,
      max: 2_147_483_647,
      dependsOn: ['commit'],
    }),
    'allow-dirty': Flags.boolean({
      description: 'publish uncommitted changes of the working tree, marked as dirty',
    }),
  }

  async run(): Promise<Answer<'registry publish'>> {
    const { argv, flags } = await this.parse(Publish)
    const kinds = await this.kinds()
    const scope = publishScope(kinds, argv as string[], flags)
    const savedPlan = flags.plan === undefined ? undefined : readPlanFile(flags.plan)
    const opened = savedPlan ? this.openSaved(kinds, savedPlan) : this.openPlan(kinds, scope, flags)
    const { plan, ahead, tree, registry } = await opened
    if (flags.out) writePlanFile(flags.out, plan)
    if (isDry(flags)) return this.show(plan, flags)
    guardPlan(plan, flags)
    requireMovement(plan)
    return this.apply({ plan, ahead }, tree, registry, flags)
  }

  /** Git reads the commit while the registry is opened; a failure of git ends the command at once. */
  private async openSaved(kinds: Kind[], plan: PublishPlan): Promise<Opened> {
    const [tree, registry] = await Promise.all([
      treeOfPlan(this.tree(kinds), plan.commit),
      this.registry(kinds),
    ])
    return { plan, tree, registry }
  }

  /** The same for a new plan, or for the last one if it did nothing and would be made again. */
  private async openPlan(
    kinds: Kind[],
    scope: Cover,
    flags: Omit<PublishSettings, 'publishes' | 'commit'> & OfCommit,
  ): Promise<Opened> {
    const working = this.tree(kinds)
    const { draft, prune, unhold } = flags
    const options = { ...scope, draft, prune, unhold, ref: refOfJob(process.env) }
    const place = { projectRoot: this.project.root, tree: working, hasOwnRules, options }
    const quiet = isOfHead({ ...flags, ...scope }) ? openQuietPlans(place) : undefined
    const opening = this.registry(kinds, undefined, quiet !== undefined)
    const question = new HeadsQuestion(opening, kinds, scope)
    const last = await quiet?.recall(() => question.askSum())
    if (last !== undefined && last.plan.registry === (await opening).label) {
      await this.printFindings(last.diagnostics)
      return { plan: last.plan, tree: working, registry: await opening }
    }
    const onListing = question.begin(mayCompareTrees({ ...flags, ...scope }))
    // A small tree is compared sooner than a database is opened, mostly without a change.
    if (quiet) opening.then((registry) => registry.prepare?.()).catch(() => {})
    const reading = this.source(working, { ...flags, onListing, lists: quiet?.lists })
    const [{ commit, tree, compared }, registry] = await Promise.all([reading, opening])
    const answer = await question.answer(compared)
    const settings = { ...flags, ...scope, commit, compared, applies: !isDry(flags), ...answer }
    const { plan, ahead, diagnostics } = await this.plan(tree, registry, settings)
    const { sum } = answer.apart ?? {}
    if (sum !== undefined) await quiet?.keep({ plan, sum, diagnostics })
    return { plan, ahead, tree, registry }
  }

  private async source(working: WorkingTree, flags: OfCommit): Promise<PublishSource> {
    const options = { ...flags, allowDirty: flags['allow-dirty'] === true, compareLater: true }
    const { commit, ...rest } = await sourceOfPublish(working, options)
    // A job for a tag has no branch.
    const ref = commit?.ref ?? refOfJob(process.env)
    return { ...rest, commit: commit && ref ? { ...commit, ref } : commit }
  }

  private async plan(
    tree: WorkingTree,
    registry: Registry,
    options: PublishSettings,
  ): Promise<PlanToApply & Pick<Planned, 'diagnostics'>> {
    const watch = await watchStages(['validate', 'plan'], this.interrupt.signal, !this.jsonEnabled())
    const planned = await planPublish(tree, registry, options, watch).finally(watch.stop)
    const { plan, ahead, diagnostics } = planned
    if (options.comment !== undefined) await writeCommentFile(options.comment, planned)
    await this.printFindings(diagnostics)
    if (plan) return { plan, ahead, diagnostics }
    const report =
      isDry(options) || registry.preview !== undefined
        ? undefined
        : await this.keepRefused(tree, options, diagnostics)
    this.keepResult({ dryRun: isDry(options), plan: null, result: null, report })
    throw new Failure(
      'FINDINGS',
      `nothing was published: ${count(diagnostics.filter(isError).length, 'error')}`,
      'fix the findings above, then publish again',
    )
  }

  /** The edge function stores refusals itself, but it never sees a publish that stops here. */
  private keepRefused(tree: WorkingTree, options: PublishOptions, diagnostics: readonly Diagnostic[]) {
    const covers = buildCover(options)
    const definitions = countFolders(tree, covers)
    return this.keep({ origin: 'publish', verdict: 'refused', tree, covers, definitions, diagnostics })
  }

  private show(
    plan: PublishPlan,
    flags: { yes: boolean; force: boolean; 'exit-code': boolean; 'dry-run': boolean },
  ): Answer<'registry publish'> {
    const text = presentPlan(plan, this.paint, { texts: true })
    const moving = plan.items.filter(({ action }) => action === 'add' || action === 'change').length
    const dry = presentDryRun(moving + (plan.prune ? plan.missing.length : 0), [])
    const answer = this.answer(
      { dryRun: true, plan, result: null },
      flags['dry-run'] ? `${text}\n${dry}` : text,
    )
    guardPlan(plan, flags)
    requireMovement(plan)
    if (flags['exit-code'] && !isEmpty(plan)) this.exitStatus = HAS_CHANGES
    return answer
  }

  private async apply(
    { plan, ahead }: PlanToApply,
    tree: WorkingTree,
    registry: Registry,
    flags: { force: boolean; reason?: string; 'idempotency-key'?: string },
  ): Promise<Answer<'registry publish'>> {
    const watch = await watchStages(['upload', 'sync'], this.interrupt.signal, !this.jsonEnabled())
    const { reason, force, 'idempotency-key': key } = flags
    const options = { actor: await this.actor(), reason, force, key, ahead }
    const result = await applyPlan(plan, tree, registry, options, watch).finally(watch.stop)
    await requireMoved(result, plan, registry)
    const data = { dryRun: false, plan, result: withoutDryRun(result) }
    return this.answer(data, presentPublish(plan, result, registry, this.paint))
  }
}

/** Whether the command writes nothing to the registry. */
function isDry(flags: { 'dry-run'?: boolean; out?: string }): boolean {
  return flags['dry-run'] === true || flags.out !== undefined
}
