import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { splitReference } from '../../../contract/fields/definition-reference.ts'
import { type Resources, resolveResources } from '../../../contract/fields/resources.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import type { PlanStep } from '../manifest/plan-schema.ts'
import type { PlanView } from '../manifest/plan-view.ts'
import type { TemplateManifest } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

/** Maximum time for a run, in milliseconds. */
const MOST_MS = 86_400_000

/** Checks that a run's limits have room for its steps and its agents. */
export function checkResources(plan: PlanView, surroundings: Surroundings, findings: Finding[]): void {
  const limits = resolveResources(plan.definition.manifest.resourceProfile)
  if (!plan.cycle) checkTimeout(plan, limits, findings)
  checkMemory(plan, limits, surroundings, findings)
}

/** Steps without their own timeout share the remaining time of the run, so they add nothing. */
function checkTimeout(
  { definition, ordered }: PlanView,
  { timeoutMs }: Resources,
  findings: Finding[],
): void {
  let longest: Reached | undefined
  const reached = new Map<string, Reached>()
  for (const step of ordered) {
    const end = reach(step, reached)
    reached.set(step.id, end)
    if (end.ms > (longest?.ms ?? 0)) longest = end
  }
  if (longest === undefined || longest.ms <= timeoutMs) return
  const { manifest, manifestPath: file } = definition
  const field = shownField(manifest, 'timeoutMs')
  findings.push(
    makeFinding(
      'NOFX_TIMEOUT_PATH',
      { file, pointer: pointerTo(manifest, 'timeoutMs') },
      `${renderPath(longest)} may take ${longest.ms} ms, more than the ${timeoutMs} of ${field}`,
      longest.ms <= MOST_MS
        ? `${setting(manifest, 'timeoutMs', longest.ms)}, or lower the timeouts of these steps`
        : 'lower the timeouts of these steps',
    ),
  )
}

/** The latest end of a step, and the preceding step that causes it. */
interface Reached {
  ms: number
  id: string
  before?: Reached
}

function reach(
  { id, dependsOn = [], timeoutMs = 0 }: PlanStep,
  reached: ReadonlyMap<string, Reached>,
): Reached {
  let before: Reached | undefined
  for (const one of dependsOn) {
    const end = reached.get(one)
    if (end !== undefined && end.ms > (before?.ms ?? 0)) before = end
  }
  return { id, ms: (before?.ms ?? 0) + timeoutMs, ...(before ? { before } : {}) }
}

function renderPath(end: Reached): string {
  const ids: string[] = []
  for (let step: Reached | undefined = end; step !== undefined; step = step.before) ids.unshift(step.id)
  const shownIds = ids.length > 10 ? [...ids.slice(0, 8), '…', ...ids.slice(-1)] : ids
  return shownIds.join(' → ')
}

function checkMemory(
  { definition }: PlanView,
  { memoryMb }: Resources,
  surroundings: Surroundings,
  findings: Finding[],
): void {
  const { manifest, manifestPath: file } = definition
  let largest = { id: '', memoryMb: 0 }
  for (const { id } of (manifest.supportedAgents ?? []).map(splitReference)) {
    const needed = readMemory(surroundings.find('agents', id)?.facts.resourceProfile)
    if (needed > largest.memoryMb) largest = { id, memoryMb: needed }
  }
  if (largest.memoryMb <= memoryMb) return
  findings.push(
    makeFinding(
      'NOFX_MEMORY_AGENT',
      { file, pointer: pointerTo(manifest, 'memoryMb') },
      `${largest.id} may use ${largest.memoryMb} MiB, more than the ${memoryMb} of ${shownField(manifest, 'memoryMb')}`,
      `${setting(manifest, 'memoryMb', largest.memoryMb)}, or support smaller agents`,
    ),
  )
}

function readMemory(profile: unknown): number {
  const memory = isObject(profile) ? profile.memoryMb : undefined
  return typeof memory === 'number' ? memory : 0
}

type Limit = 'timeoutMs' | 'memoryMb'

function pointerTo({ resourceProfile }: TemplateManifest, limit: Limit): Pointer {
  if (resourceProfile === undefined) return []
  return isObject(resourceProfile) && resourceProfile[limit] !== undefined
    ? ['resourceProfile', limit]
    : ['resourceProfile']
}

function setting({ resourceProfile }: TemplateManifest, limit: Limit, value: number): string {
  return isObject(resourceProfile)
    ? `set resourceProfile.${limit} to ${value}`
    : `write "resourceProfile": { "${limit}": ${value} }`
}

function shownField({ resourceProfile }: TemplateManifest, limit: Limit): string {
  if (resourceProfile === undefined) return 'the profile "standard", which is used when none is given'
  if (typeof resourceProfile === 'string') return `the profile "${resourceProfile}"`
  return `resourceProfile.${limit}${resourceProfile[limit] === undefined ? ', as nothing else is given' : ''}`
}
