/** What the order of steps depends on. Names of steps that do not exist are skipped; a rule reports them. */
export interface Ordered {
  id: string
  dependsOn?: readonly string[]
}

/**
 * The steps of one cycle, each waiting for the next, with the first repeated at the end; undefined if there is no
 * cycle.
 */
export function findCycle(steps: readonly Ordered[]): string[] | undefined {
  const stepsById = byId(steps)
  const state = new Map<string, 'open' | 'done'>()
  for (const { id } of steps) {
    if (state.has(id)) continue
    const path = [{ id, next: 0 }]
    state.set(id, 'open')
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const before = stepsById.get(top.id)?.dependsOn?.[top.next++]
      if (before === undefined) {
        state.set(top.id, 'done')
        path.pop()
      } else if (state.get(before) === 'open') {
        const ids = path.map((entry) => entry.id)
        return [...ids.slice(ids.indexOf(before)), before]
      } else if (stepsById.has(before) && !state.has(before)) {
        state.set(before, 'open')
        path.push({ id: before, next: 0 })
      }
    }
  }
  return undefined
}

/** For each step, all steps that are done before it starts, directly or not. In a cycle, a step is among its own. */
export function computeUpstream(steps: readonly Ordered[]): Map<string, ReadonlySet<string>> {
  const stepsById = byId(steps)
  const upstream = new Map<string, ReadonlySet<string>>()
  for (const { id } of steps) {
    const upstreamIds = new Set<string>()
    const open = [id]
    for (let step = open.pop(); step !== undefined; step = open.pop())
      for (const before of stepsById.get(step)?.dependsOn ?? [])
        if (stepsById.has(before) && !upstreamIds.has(before)) {
          upstreamIds.add(before)
          open.push(before)
        }
    upstream.set(id, upstreamIds)
  }
  return upstream
}

/**
 * Sorts the steps so that each comes after its dependencies; otherwise they keep their order. Steps of a cycle are
 * left out.
 */
export function inOrder<S extends Ordered>(steps: readonly S[]): S[] {
  const stepsById = byId(steps)
  const waiting = new Map<string, number>()
  const after = new Map<string, S[]>()
  for (const step of stepsById.values()) {
    const before = new Set(step.dependsOn?.filter((id) => stepsById.has(id)))
    waiting.set(step.id, before.size)
    for (const id of before) after.set(id, [...(after.get(id) ?? []), step])
  }
  const ordered = [...stepsById.values()].filter(({ id }) => waiting.get(id) === 0)
  for (let index = 0; index < ordered.length; index++)
    for (const step of after.get((ordered[index] as S).id) ?? []) {
      const left = (waiting.get(step.id) as number) - 1
      waiting.set(step.id, left)
      if (left === 0) ordered.push(step)
    }
  return ordered
}

/** The largest sum of weights along any path through the steps; 0 without steps. The steps must not have a cycle. */
export function longestPath<S extends Ordered>(steps: readonly S[], weight: (step: S) => number): number {
  const until = new Map<string, number>()
  let longest = 0
  for (const step of inOrder(steps)) {
    const start = Math.max(0, ...(step.dependsOn ?? []).map((id) => until.get(id) ?? 0))
    const end = start + weight(step)
    until.set(step.id, end)
    longest = Math.max(longest, end)
  }
  return longest
}

function byId<S extends Ordered>(steps: readonly S[]): Map<string, S> {
  return new Map(steps.map((step) => [step.id, step]))
}
