import { CompareCommand } from '../../cli/compare-command.ts'
import {
  optionalDefinitionArgs,
  requireDefinition,
  splitDefinition,
} from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { pickScope } from '../../cli/definition/scope.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentDiff, presentPlan } from '../../cli/present/publish-plan.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { buildState, type ContentState, compareStates, treeState } from '../../core/diff/compare.ts'
import { mainKind } from '../../core/main-kind.ts'
import { printableText } from '../../core/printable.ts'
import { findRevision } from '../../core/registry/find-revision.ts'
import type { Registry } from '../../core/registry/registry.ts'
import type { RevisionSummary } from '../../core/registry/revision.ts'
import { seenByGit } from '../../core/tree/disk-view.ts'
import { findUnseen } from '../../core/tree/publish-source.ts'
import type { WorkingTree } from '../../core/tree/tree.ts'

/** One side of a comparison, with its name for the head line. */
interface Side {
  state: ContentState
  name: string
  /** Null for the working tree. */
  version: number | null
}

/** A side that the registry has. */
interface Revised extends Side {
  version: number
}

/** The versions that the flags name. */
interface Versions {
  from?: number
  to?: number
}

export default class Diff extends CompareCommand {
  static override summary =
    'Show what differs between two versions, or between the registry and the working tree.'
  static override description =
    'Without a definition: everything that differs between the registry and the working tree, as a publish would change it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents/reviewer --from v2 --to v5',
  ]
  static override args = optionalDefinitionArgs
  static override flags = {
    env,
    pager: screenFlags.pager,
    from: versionFlag({ description: 'the older version; the newest when not given' }),
    to: versionFlag({ description: 'the newer version; the working tree when not given' }),
  }

  async run(): Promise<Answer<'registry diff'>> {
    const { args, flags } = await this.parse(Diff)
    const kinds = await this.kinds()
    const words = splitDefinition(args)
    if (words.kind === undefined || words.id === undefined) return this.everything(kinds, words.kind, flags)
    const { kind, id } = requireDefinition(kinds, args, 'registry diff')
    const registry = await this.registry(kinds)
    const head = await requireHead(registry, kind.id, id, kinds)
    const before = await versionSide(registry, kind, id, flags.from ?? head.latestVersion)
    const after = flags.to
      ? await versionSide(registry, kind, id, flags.to)
      : await this.workingSide(this.tree(kinds), kind, id)
    return this.compared(kind, before, after)
  }

  private async compared(kind: Kind, before: Revised, after: Side): Promise<Answer<'registry diff'>> {
    const { diff, risks } = await compareStates(kind, before.state, after.state)
    const lines = [
      this.paint.bold(
        printableText(`${nameOf({ kind: kind.id, id: before.state.id })}  ${before.name} → ${after.name}`),
      ),
    ]
    lines.push(...risks.map((risk) => `  risk ${risk.level}: ${printableText(risk.message)}`))
    const differs = diff.fields.length + diff.files.length > 0
    lines.push(...(differs ? presentDiff(diff, this.paint, true) : ['No difference.']))
    const sides = { from: before.version, to: after.version }
    return this.answer({ kind: kind.id, id: before.state.id, ...sides, diff, risks }, lines.join('\n'))
  }

  private async everything(
    kinds: Kind[],
    name: string | undefined,
    { from, to }: Versions,
  ): Promise<Answer<'registry diff'>> {
    if (from ?? to)
      throw new Failure(
        'USAGE',
        'versions need a definition',
        `name it: nofx registry diff ${name ?? mainKind(kinds)?.id ?? 'agents'}/<id> --from v1`,
      )
    const scope = pickScope(kinds, name === undefined ? [] : [name], 'registry diff')
    const plan = await this.compare(kinds, scope)
    return this.answer({ plan }, presentPlan(plan, this.paint, { texts: true }))
  }

  private async workingSide(working: WorkingTree, kind: Kind, id: string): Promise<Side> {
    const [tree, unseen] = await Promise.all([seenByGit(working), findUnseen(working)])
    const own = unseen.filter(({ path }) => path.startsWith(`${nameOf({ kind: kind.id, id })}/`))
    this.noteUnseen(own, tree)
    return { state: await treeState(tree, kind, id), name: 'the working tree', version: null }
  }
}

async function versionSide(registry: Registry, kind: Kind, id: string, version: number): Promise<Revised> {
  const revision = await findRevision(registry, kind.id, id, version)
  return { state: buildState(revision, kind), name: nameSide(revision), version: revision.version }
}

/** `v2 (publish by ada at 2026-…)` */
function nameSide({ version, origin, actor, createdAt }: RevisionSummary): string {
  return `v${version} (${origin} by ${actor} at ${createdAt})`
}
