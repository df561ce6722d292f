import type { Diagnostic } from '../contract/diagnostic.ts'
import { isError } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import type { StageWatch } from '../core/progress.ts'
import { applyPlan } from '../core/publish/apply.ts'
import { guardPlan } from '../core/publish/guard.ts'
import { planPublish } from '../core/publish/publish.ts'
import { requireMoved, requireMovement } from '../core/publish/verdict.ts'
import type { Registry } from '../core/registry/registry.ts'
import { sourceOfPublish } from '../core/tree/publish-source.ts'
import type { WorkingTree } from '../core/tree/tree.ts'

export interface SeedOptions {
  tree: WorkingTree
  registry: Registry
  actor: string
  signal: AbortSignal
}

/** The result of a seeding on one line, and its findings. */
export interface Seeded {
  line: string
  diagnostics: Diagnostic[]
}

/** Publishes the tree as `nofx registry publish --allow-dirty` does. Never fails: the line contains the error. */
export async function seed(options: SeedOptions): Promise<Seeded> {
  const diagnostics: Diagnostic[] = []
  try {
    return { line: await publish(options, diagnostics), diagnostics }
  } catch (error) {
    if (options.signal.aborted) return { line: 'seed: stopped', diagnostics: [] }
    const { code, message, hint } = asFailure(error)
    return { line: `seed: ${code} ${message} (${hint})`, diagnostics }
  }
}

async function publish(
  { tree: seedTree, registry, actor, signal }: SeedOptions,
  earlier: Diagnostic[],
): Promise<string> {
  const watch: StageWatch = { emit: () => {}, signal }
  // A clone whose commit git cannot rank, such as a shallow one, is published without a commit.
  const source = sourceOfPublish(seedTree, { allowDirty: true })
  const { commit, tree } = await source.catch(() => ({ commit: undefined, tree: seedTree }))
  const publishes = tree.kinds.map((kind) => kind.id)
  const { plan, diagnostics } = await planPublish(tree, registry, { commit, publishes }, watch)
  for (const diagnostic of diagnostics) earlier.push(diagnostic)
  if (!plan) {
    const errors = diagnostics.filter(isError).length
    return `seed: nothing was published, ${errors} ${errors === 1 ? 'error' : 'errors'}`
  }
  guardPlan(plan, { yes: false, force: false })
  requireMovement(plan)
  const result = await applyPlan(
    plan,
    tree,
    registry,
    { actor, reason: 'nofx dev --seed', force: false },
    watch,
  )
  await requireMoved(result, plan, registry)
  const moved = result.outcomes.filter((row) => row.outcome !== 'unchanged').length
  if (result.releaseId === null) return `seed: up to date, ${plan.unchanged} published`
  return `seed: ${moved} published as release ${result.releaseId}`
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure('BUG', (error as Error).message, 'please report this', { cause: error })
}
