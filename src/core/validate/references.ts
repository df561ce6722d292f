import { type Finding, findingMaker } from '../../contract/diagnostic.ts'
import { isLiveState } from '../../contract/fields/is-live.ts'
import { satisfies } from '../../contract/fields/semver.ts'
import { dotted } from '../../contract/fields/shown.ts'
import type { Demand, Description, Reference, Status } from '../../contract/kind.ts'
import { byName, nameOf } from '../../contract/name.ts'
import { CORE_RULES } from '../../contract/rules.ts'
import { joinNames } from '../../contract/text/join-names.ts'
import { nearest } from '../../contract/text/nearest.ts'
import type { ReferenceTarget } from './surroundings.ts'

/** Looks a definition up: at once where the tree has it, thousands of references wait for nothing. */
type Find = (kind: string, id: string) => ReferenceTarget | Promise<ReferenceTarget>

const makeFinding = findingMaker(CORE_RULES)

/** A definition that names others. */
export interface Referrer {
  kind: string
  id: string
  /** Read only where it matters. */
  status: () => Status | Promise<Status>
  references: readonly Reference[]
  demands: readonly Demand[]
}

/**
 * Checks that what definitions name exists, is live where it is required, has a version that fits and offers what is
 * demanded of it, and that nothing requires itself in a circle. The database checks the same at the commit.
 */
export async function checkReferences<R extends Referrer>(
  entries: readonly R[],
  find: Find,
): Promise<Map<R, Finding[]>> {
  const findings = new Map<R, Finding[]>()
  const add = (entry: R, added: readonly Finding[]) => {
    if (added.length > 0) findings.set(entry, [...(findings.get(entry) ?? []), ...added])
  }
  for (const entry of entries) {
    const findings: Finding[] = []
    for (const one of entry.references) {
      const answer = find(one.kind, one.id)
      const target = answer instanceof Promise ? await answer : answer
      const finding = checkReference(one, target, isIdle(one, target) ? await entry.status() : undefined)
      if (finding) findings.push(finding)
    }
    for (const one of entry.demands) {
      const finding = await checkDemand(one, find)
      if (finding) findings.push(finding)
    }
    add(entry, findings)
  }
  circles(entries, add)
  return findings
}

/** Whether a reference requires what is there and not live, which only what is not live itself may. */
function isIdle({ relation }: Reference, target: ReferenceTarget): target is Description {
  return typeof target === 'object' && relation === 'requires' && !isLiveState(target.status)
}

/** @param own the status of the definition that refers, where it matters */
function checkReference(
  reference: Reference,
  target: ReferenceTarget,
  own: Status | undefined,
): Finding | undefined {
  const name = nameOf(reference)
  if (target === 'broken') return undefined
  if (target === 'unknown')
    return makeFinding(
      'NOFX_REFERENCE_UNRESOLVED',
      reference,
      `${name} is not in this tree, and the registry cannot be asked`,
      'publish will check it again',
    )
  if (target === 'missing')
    return makeFinding(
      'NOFX_REFERENCE_MISSING',
      reference,
      `${name} exists neither in this tree nor in the registry`,
      'correct the id, or add that definition',
    )
  if (own !== undefined && isLiveState(own))
    return makeFinding(
      'NOFX_REFERENCE_NOT_LIVE',
      reference,
      `${dotted(reference.pointer)} requires ${name}, whose status is "${target.status}"`,
      `make ${name} active first, or set "status": "draft" here too`,
    )
  return checkRange(reference, target)
}

function checkRange(reference: Reference, { version }: Description): Finding | undefined {
  const { range, id } = reference
  if (range === undefined || (version !== undefined && satisfies(version, range))) return undefined
  return makeFinding(
    'NOFX_REFERENCE_RANGE',
    reference,
    `${dotted(reference.pointer)} asks for ${id}@${range}, but ${id} ${version ? `is ${version}` : 'declares no version'}`,
    version ? `change the range, or the version of ${id}` : `remove the range, or give ${id} a version`,
  )
}

/** Silent while one of those that may offer it is not known: then its reference has a finding already. */
async function checkDemand(demand: Demand, target: Find): Promise<Finding | undefined> {
  const descriptions: Description[] = []
  for (const id of demand.oneOf) {
    const answer = target(demand.kind, id)
    const description = answer instanceof Promise ? await answer : answer
    if (typeof description !== 'object') continue
    if (description.provides.includes(demand.provides)) return undefined
    descriptions.push(description)
  }
  if (descriptions.length < demand.oneOf.length) return undefined
  const offered = descriptions.flatMap((one) => one.provides)
  const near = nearest(demand.provides, offered)
  return makeFinding(
    'NOFX_REFERENCE_UNMET',
    demand,
    `${dotted(demand.pointer)} asks for "${demand.provides}", which ${listNames(demand)} not offer`,
    near ? `did you mean "${near}"?` : `they offer: ${[...new Set(offered)].join(', ') || 'nothing'}`,
  )
}

function listNames({ kind, oneOf }: Demand): string {
  const names = oneOf.map((id) => nameOf({ kind, id }))
  return `${joinNames(names)} ${names.length === 1 ? 'does' : 'do'}`
}

/** Follows `requires` references; each circle is reported once, at the definition it was entered by. */
function circles<R extends Referrer>(
  entries: readonly R[],
  add: (entry: R, findings: readonly Finding[]) => void,
): void {
  const entryByName = byName(entries)
  const finished = new Set<string>()
  /** The way from the start to the current definition, with the place of each on it; a chain may be long. */
  const way: { name: string; entry: R; left: Iterator<Reference> }[] = []
  const places = new Map<string, number>()
  const enter = (name: string) => {
    const entry = entryByName.get(name)
    if (!entry || finished.has(name)) return
    places.set(name, way.length)
    way.push({ name, entry, left: entry.references.values() })
  }
  for (const name of entryByName.keys()) {
    enter(name)
    for (let here = way.at(-1); here; here = way.at(-1)) {
      const { value: reference, done } = here.left.next()
      if (done) {
        finished.add(here.name)
        places.delete(here.name)
        way.pop()
      } else if (reference.relation === 'requires') {
        const target = nameOf(reference)
        const start = places.get(target)
        if (start === undefined) enter(target)
        else add(here.entry, [circle(reference, [...way.slice(start).map((one) => one.name), target])])
      }
    }
  }
}

/** The most definitions of a circle that are named. */
const MOST_IN_CIRCLE = 20

function circle(reference: Reference, path: readonly string[]): Finding {
  const names =
    path.length > MOST_IN_CIRCLE
      ? [...path.slice(0, MOST_IN_CIRCLE - 1), `${path.length - MOST_IN_CIRCLE} more`, ...path.slice(-1)]
      : path
  return makeFinding(
    'NOFX_REFERENCE_CYCLE',
    reference,
    `definitions require each other: ${names.join(' → ')}`,
    'remove one of the references',
  )
}
