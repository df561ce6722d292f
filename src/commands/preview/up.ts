import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { pickScope } from '../../cli/definition/scope.ts'
import { requirePreviewName } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { withoutDryRun } from '../../cli/present/describe-release.ts'
import { presentPreview, renderHeader, renderIntro, type ShownPreview } from '../../cli/present/preview.ts'
import { count } from '../../cli/present/table.ts'
import { watchStages } from '../../cli/progress.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { writeCommentFile } from '../../cli/write-comment.ts'
import { readRunningDev } from '../../cloud/embedded/running-dev.ts'
import { isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { readOrigin, urlOfPreview } from '../../core/preview/origin.ts'
import { planPreview } from '../../core/preview/plan-preview.ts'
import { type PreviewRequest, type PreviewUp, raisePreview } from '../../core/preview/raise.ts'
import type { Cover } from '../../core/publish/cover.ts'
import { guardPlan } from '../../core/publish/guard.ts'
import { type AnsweredHeads, HeadsQuestion } from '../../core/publish/heads-question.ts'
import type { Planned, PublishOptions } from '../../core/publish/publish.ts'
import type { PublishPlan } from '../../core/publish/publish-plan.ts'
import { mayCompareTrees } from '../../core/publish/quiet-plans.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { type PublishSource, sourceOfPublish } from '../../core/tree/publish-source.ts'
import type { WorkingTree } from '../../core/tree/tree.ts'

/** A planned publish with a plan that may be shown. */
type Shown = Planned & { plan: PublishPlan }

/** What is compared. */
interface Opened extends PublishSource {
  registry: Registry
  /** The heads of production, in one of the two ways of asking for them. */
  answer: AnsweredHeads
}

export default class Up extends TreeCommand {
  static override summary = 'Show the definitions of the working tree in a preview, beside production.'
  static override description =
    'Checks everything, shows what differs from production, creates the preview (or extends it) and publishes into it. Definitions that the tree does not change appear as in production. A second run updates the preview to the current tree, also after a force-push. Nothing is created while a definition has errors.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> pr-123',
    '<%= config.bin %> <%= command.id %> pr-123 agents/reviewer',
    '<%= config.bin %> <%= command.id %> pr-123 agents --ttl 48 --comment comment.md',
  ]
  static override strict = false
  static override args = {
    name: Args.string({ description: 'name of the preview, such as pr-123', required: true }),
    kind: Args.string({
      description: 'kinds to show, such as agents, or definitions as agents/reviewer; everything by default',
    }),
  }
  static override flags = {
    ttl: Flags.integer({
      description: 'hours until the preview expires; 168 by default',
      helpValue: 'HOURS',
      min: 1,
    }),
    origin: Flags.string({
      description: "origin of the preview; in GitHub Actions the job's repository and ref, else the branch",
    }),
    comment: Flags.string({
      description: 'write the differences to this file, as Markdown for a pull request',
      helpValue: 'comment.md',
    }),
    prune: Flags.boolean({ description: 'also remove definitions that are no longer in the tree' }),
    force: Flags.boolean({ description: 'continue although live definitions lose what they need' }),
    'api-url': Flags.string({
      description: 'URL of the HTTP API of this registry',
      env: 'NOFX_API_URL',
      helpValue: 'URL',
    }),
  }

  async run(): Promise<Answer<'preview up'>> {
    const { argv, args, flags } = await this.parse(Up)
    const name = requirePreviewName(args.name)
    const url = this.buildUrl(name, flags['api-url'])
    const kinds = await this.kinds()
    const { publishes, only } = pickScope(kinds, (argv as string[]).slice(1), `preview up ${name}`)
    const cover = { publishes, ...(only ? { only } : {}) }
    const { commit, tree, registry, answer } = await this.open(kinds, cover)
    const scope = { ...cover, prune: flags.prune }
    const planned = await this.plan(tree, registry, { commit, ...scope, ...answer }, flags)
    const origin = flags.origin ?? (await readOrigin(this.project.root, process.env))
    const request = { ...scope, apart: answer.apart, name, origin, ttlHours: flags.ttl }
    const raised = await this.raise(tree, registry, planned, request)
    return this.present({ ...raised, url, header: renderHeader(name) }, planned, flags.comment)
  }

  private buildUrl(name: string, apiUrl: string | undefined): string | null {
    const api = apiUrl || readRunningDev(this.project.root)?.url
    return api ? urlOfPreview(name, api) : null
  }

  /** The registry is asked for its heads while git compares the working tree, which mostly is as its commit. */
  private async open(kinds: Kind[], cover: Cover): Promise<Opened> {
    const opening = this.registry(kinds)
    const question = new HeadsQuestion(opening, kinds, cover)
    const onListing = mayCompareTrees(cover) ? question.begin(true) : undefined
    const [source, registry] = await Promise.all([
      sourceOfPublish(this.tree(kinds), { allowDirty: true, anyRank: true, onListing }),
      opening,
    ])
    return { ...source, registry, answer: await question.answer() }
  }

  /** A plan that may be shown. Without one, the comment gives the reason. */
  private async plan(
    tree: WorkingTree,
    registry: Registry,
    options: PublishOptions,
    flags: { comment?: string; force: boolean },
  ): Promise<Shown> {
    const planned = await this.compare(tree, registry, options)
    if (flags.comment) await writeCommentFile(flags.comment, planned)
    const { plan } = planned
    if (!plan) throw refused(planned)
    guardPlan(plan, { yes: true, force: flags.force })
    return { ...planned, plan }
  }

  private async compare(tree: WorkingTree, registry: Registry, options: PublishOptions): Promise<Planned> {
    const watch = await watchStages(['validate', 'plan'], this.interrupt.signal, !this.jsonEnabled())
    const planned = await planPreview(tree, registry, options, watch).finally(watch.stop)
    await this.printFindings(planned.diagnostics)
    return planned
  }

  private async raise(
    tree: WorkingTree,
    registry: Registry,
    { candidates, plan }: Shown,
    options: Omit<PreviewRequest, 'candidates' | 'plan' | 'actor'>,
  ): Promise<PreviewUp & { plan: PublishPlan }> {
    const request = { ...options, candidates, plan, actor: await this.actor() }
    const watch = await watchStages(['upload', 'sync'], this.interrupt.signal, !this.jsonEnabled())
    const raised = await raisePreview(tree, registry, request, watch).finally(watch.stop)
    return { ...raised, plan }
  }

  /** Prints the raised preview, and writes its comment where one is asked for. */
  private async present(preview: ShownPreview, planned: Planned, comment: string | undefined) {
    if (comment) await writeCommentFile(comment, { ...planned, intro: renderIntro(preview) })
    const document = { ...preview, result: withoutDryRun(preview.result) }
    return this.answer(document, presentPreview(preview, this.paint))
  }
}

function refused({ diagnostics }: Pick<Planned, 'diagnostics'>): Failure {
  const errors = diagnostics.filter(isError).length
  return new Failure('FINDINGS', `nothing was made: ${count(errors, 'error')}`, 'fix the findings above')
}
